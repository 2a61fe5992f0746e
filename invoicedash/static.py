"""Static files under names that carry their content's hash, ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` too, or hashed modules would not find each other."""

    support_js_module_import_aggregation = True
