from importlib.metadata import version

from flask import Flask, jsonify, request

app = Flask(__name__)
VERSION = f"{version('flask')}, gunicorn {version('gunicorn')}"


@app.get("/", defaults={"path": ""})
@app.get("/<path:path>")
def hook(path):
    return jsonify(
        version=VERSION,
        target=request.environ["RAW_URI"],
        ids={name: request.args.getlist(name) for name in ("AccountID", "CaseID")},
        headers=dict(request.headers),
    )


# Without this, Flask redirects from // to /.
app.url_map.merge_slashes = False
