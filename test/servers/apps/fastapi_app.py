from importlib.metadata import version

from fastapi import FastAPI, Request

app = FastAPI()
VERSION = f"{version('fastapi')}, uvicorn {version('uvicorn')}"


@app.get("/{path:path}")
def hook(request: Request):
    query = request.scope["query_string"].decode("ascii")
    return {
        "version": VERSION,
        "target": request.scope["raw_path"].decode("ascii") + "?" + query,
        "ids": {name: request.query_params.getlist(name) for name in ("AccountID", "CaseID")},
        "headers": dict(request.headers),
    }
