import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0005_fill_variants"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="stocklevel", name="stock_level_once"),
        migrations.RemoveConstraint(model_name="stocklevel", name="stock_level_has_sku"),
        migrations.RemoveField(model_name="stocklevel", name="available"),
        migrations.RemoveField(model_name="stocklevel", name="sku"),
        migrations.RemoveField(model_name="stocklevel", name="title"),
        migrations.AlterField(
            model_name="stocklevel",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="commerce.variant"
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="store",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.UniqueConstraint(fields=("variant", "location"), name="stock_level_once"),
        ),
    ]
