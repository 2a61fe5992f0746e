"""The table of imported files. A database that has it from the app `sources` keeps it: it is renamed with its rows."""

from django.db import migrations, models

import runtime.clock
from runtime.takeover import TakeTable


class Migration(migrations.Migration):

    initial = True

    # Quality takes the names of files from the table while it has its former name.
    dependencies = [('quality', '0001_initial')]

    operations = [
        TakeTable(
            name='SourceFile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('series', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField(verbose_name='bytes')),
                ('options', models.JSONField()),
                ('header', models.JSONField(default=list)),
                ('record_count', models.BigIntegerField(verbose_name='rows')),
                ('document_count', models.BigIntegerField(verbose_name='documents')),
                ('done_count', models.BigIntegerField(default=0, verbose_name='dealt with')),
                ('counts', models.JSONField(default=dict)),
                ('seconds', models.FloatField(default=0)),
                ('created_by', models.CharField(blank=True, default='', max_length=150)),
                ('created_at', models.DateTimeField(db_default=runtime.clock.ClockTimestamp())),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'imported file',
                'permissions': [('import_invoices', 'Can import invoices and deal with the quarantine')],
                'constraints': [models.UniqueConstraint(fields=('series', 'name', 'sha256'), name='source_file_once'), models.CheckConstraint(condition=models.Q(('done_count__gte', 0), ('done_count__lte', models.F('document_count'))), name='source_file_done')],
            },
            former_app='sources',
            changes=["DELETE FROM django_migrations WHERE app = 'sources'"],
        ),
    ]
