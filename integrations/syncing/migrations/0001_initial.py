"""The tables exist already: `woocommerce` made them, and its second migration has given them their present names."""

import django.db.models.deletion
from django.db import migrations, models

import runtime.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [("stores", "0002_accounts"), ("woocommerce", "0002_readings_are_of_all_platforms")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SyncState",
                    fields=[
                        (
                            "store",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="stores.store",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "Active"), ("error", "Error"), ("revoked", "Revoked")],
                                default="active",
                                max_length=7,
                            ),
                        ),
                        ("error", models.CharField(blank=True, default="", max_length=500)),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        ("subscriptions", models.JSONField(blank=True, default=list)),
                        ("cursor", models.DateTimeField()),
                        ("last_missed_at", models.DateTimeField(blank=True, null=True)),
                        ("failures", models.PositiveSmallIntegerField(default=0)),
                        ("next_poll_at", models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                        ("next_check_at", models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                        ("next_ids_at", models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                        ("next_stock_at", models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("status__in", ["active", "error", "revoked"])), name="sync_status"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SyncRun",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("poll", "Poll"),
                                    ("history", "History"),
                                    ("ids", "Ids"),
                                    ("webhooks", "Webhooks"),
                                    ("stock", "Stock"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("state", models.CharField(choices=[("done", "Done"), ("failed", "Failed")], max_length=6)),
                        ("error", models.CharField(blank=True, default="", max_length=500)),
                        ("seen", models.PositiveIntegerField(default=0)),
                        ("added", models.PositiveIntegerField(default=0)),
                        ("healed", models.PositiveIntegerField(default=0)),
                        ("gone", models.PositiveIntegerField(default=0)),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                        (
                            "store",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="stores.store"
                            ),
                        ),
                    ],
                    options={"indexes": [models.Index(fields=["store", "-id"], name="sync_run_newest")]},
                ),
            ],
        ),
        migrations.AddField(
            model_name="syncrun",
            name="notice",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
    ]
