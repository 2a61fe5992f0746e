"""Static files with a content hash in their names, ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import "./x.js"`, so that hashed modules find each other."""

    support_js_module_import_aggregation = True
