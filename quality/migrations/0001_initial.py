"""The quarantine. A database that has it from the app `sources` keeps it: the table is renamed with its rows.

There a row referred to its file by a foreign key; now it names any source, which for all of them is `file`.
"""

from django.db import migrations, models

import runtime.clock
from runtime.takeover import TakeTable

SOURCES = [
    "ALTER TABLE quality_quarantined RENAME COLUMN file_id TO source_id",
    """
    DO $$
    BEGIN
        EXECUTE (
            SELECT format('ALTER TABLE quality_quarantined DROP CONSTRAINT %I', conname) FROM pg_constraint
            WHERE conrelid = 'quality_quarantined'::regclass AND contype = 'f'
        );
        EXECUTE (
            SELECT format('DROP INDEX %I', indexname) FROM pg_indexes
            WHERE tablename = 'quality_quarantined' AND starts_with(indexname, 'sources_quarantined_file_id_')
        );
    END
    $$
    """,
    """
    ALTER TABLE quality_quarantined ADD COLUMN source varchar(20) NOT NULL DEFAULT 'file',
        ADD COLUMN source_name varchar(255) NOT NULL DEFAULT ''
    """,
    "ALTER TABLE quality_quarantined ALTER COLUMN source DROP DEFAULT, ALTER COLUMN source_name DROP DEFAULT",
    """
    UPDATE quality_quarantined AS kept SET source_name = file.name
    FROM sources_sourcefile AS file WHERE file.id = kept.source_id
    """,
]


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        TakeTable(
            name='Quarantined',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=20)),
                ('source_id', models.BigIntegerField()),
                ('source_name', models.CharField(max_length=255, verbose_name='file')),
                ('series', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=200, verbose_name='number')),
                ('line', models.BigIntegerField()),
                ('rule', models.CharField(choices=[('unreadable', 'A row is no row of this format.'), ('beside-unreadable', 'A row next to it cannot be read and may belong to it.'), ('no-number', 'A row does not say which document it belongs to.'), ('bad-value', 'A field holds what cannot be read, or nothing where something must be.'), ('mixed-document', "The rows of one document do not agree on what is the document's."), ('split-document', 'The rows of one document stand far apart, with others in between.'), ('mixed-signs', 'A cancellation holds quantities that are not negative.'), ('negative-price', 'A price is below zero.'), ('negative-quantity', 'An invoice, and no cancellation, takes something back.'), ('future-date', 'It is dated in the future.'), ('nothing-charged', 'A customer was charged nothing; over nothing there is no invoice.'), ('sums-differ', 'An amount the file gives is not what its lines come to.'), ('invalid', 'It breaks a rule of every document.'), ('refused', 'It does not fit to what is issued: the invoice it corrects, or what is left of it.'), ('differs', 'A document of this number was issued with another content, and what is issued never changes.'), ('stock-correction', 'Goods counted, found or thrown away: no customer, no price, no sale.'), ('bad-debt', 'A claim written off or back on: an entry of the ledger, and no sale.')], max_length=30)),
                ('message', models.TextField()),
                ('raw', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('mended', models.TextField(blank=True, default='')),
                ('state', models.CharField(choices=[('open', 'open (waits for a person)'), ('set_aside', 'set aside (no document)'), ('issued', 'issued (mended or accepted here)'), ('healed', 'healed (a later file had it right)'), ('replaced', 'replaced (a later file had it differently)')], default='open', max_length=10)),
                ('invoice_number', models.CharField(blank=True, default='', max_length=50)),
                ('created_at', models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by', models.CharField(blank=True, default='', max_length=150)),
            ],
            options={
                'verbose_name': 'quarantine',
                'verbose_name_plural': 'quarantine',
                'indexes': [models.Index(fields=['state', '-id'], name='quarantined_open')],
                'constraints': [models.UniqueConstraint(fields=('series', 'key', 'digest'), name='quarantined_once'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'set_aside', 'issued', 'healed', 'replaced'])), name='quarantined_state_is_known'), models.CheckConstraint(condition=models.Q(('state', 'issued'), ('invoice_number', ''), _connector='OR'), name='only_issued_has_a_number')],
            },
            former_app='sources',
            changes=SOURCES,
        ),
    ]
