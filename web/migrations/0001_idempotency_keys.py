"""The table of idempotency keys changes its owner from `invoices` to `web`; nothing in the database changes."""

import runtime.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('invoices', '0011_outcomes_of_keys'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='IdempotencyKey',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('scope', models.CharField(max_length=50)),
                        ('key', models.CharField(max_length=255)),
                        ('fingerprint', models.BinaryField()),
                        ('attempt', models.UUIDField(null=True)),
                        ('status', models.PositiveSmallIntegerField(null=True)),
                        ('answer', models.TextField(default='')),
                        ('reference', models.CharField(db_column='invoice_number', default='', max_length=50)),
                        ('created_at', models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                    ],
                    options={
                        'db_table': 'invoices_idempotencykey',
                        'indexes': [models.Index(fields=['created_at'], name='idempotency_key_age')],
                        'constraints': [models.UniqueConstraint(fields=('scope', 'key'), name='idempotency_key_once')],
                    },
                ),
            ],
        ),
    ]
