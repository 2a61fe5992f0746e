"""The model of idempotency keys is one of `web` now, with the same table; nothing in the database changes."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0011_outcomes_of_keys'),
        ('web', '0001_idempotency_keys'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name='IdempotencyKey')],
        ),
    ]
