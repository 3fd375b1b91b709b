"""project-service: projects over HTTP. ``python -m golive_demo.project_service --database F``."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from golive_demo.auth import CLIENT_KEY
from golive_demo.metrics import Route, ServiceMetrics
from golive_demo.problems import described
from golive_demo.project_store import DuplicateProjectError, ProjectStore, StoredProject
from golive_demo.service import (
    HEALTH_ROUTES,
    ServiceSettings,
    api_router,
    argument_parser,
    assemble,
    settings_from,
)
from golive_demo.serving import serve

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SERVICE = "project-service"
PROJECT_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
ROUTES = (
    *HEALTH_ROUTES,
    Route("POST", "/api/v1/projects", (201, 400, 401, 408, 409, 413, 422, 429, 500)),
    Route("GET", "/api/v1/projects", (200, 401, 422, 429, 500)),
    Route("GET", "/api/v1/projects/{projectId}", (200, 401, 404, 422, 429, 500)),
    Route("DELETE", "/api/v1/projects/{projectId}", (204, 401, 404, 422, 429, 500)),
)


def _client(request: Request) -> str:
    return str(request.scope[CLIENT_KEY])


Owner = Annotated[str, Depends(_client)]
ProjectId = Annotated[str, Path(alias="projectId", pattern=PROJECT_ID)]


class NewProject(BaseModel):
    """Body of a creation; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    project_id: str = Field(alias="projectId", pattern=PROJECT_ID)
    name: str = Field(min_length=1, max_length=200)
    description: str = Field(max_length=2000)


class Project(BaseModel):
    """A stored project."""

    project_id: str = Field(serialization_alias="projectId")
    name: str
    description: str
    created_at: str = Field(serialization_alias="createdAt")


class ProjectList(BaseModel):
    """The newest projects."""

    projects: list[Project]


def _shown(row: StoredProject) -> Project:
    return Project(
        project_id=row.project_id,
        name=row.name,
        description=row.description,
        created_at=row.created_at,
    )


def create_app(  # noqa: C901 - a list of small endpoints
    settings: ServiceSettings, database: FilePath
) -> ASGIApp:
    """The application on a database file, which is created when missing."""
    store = ProjectStore(database)
    router = api_router()
    missing: dict[int | str, dict[str, object]] = {404: described("no such project")}

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    @router.post("/projects", status_code=201, responses={409: described("the projectId is taken")})
    def create(owner: Owner, body: NewProject) -> Project:
        if settings.variant.fail_project_creation:
            raise RuntimeError("the insert failed")
        try:
            return _shown(store.create(owner, body.project_id, body.name, body.description))
        except DuplicateProjectError:
            raise HTTPException(409, "the projectId is taken") from None

    listed = itertools.count(1)

    @router.get("/projects")
    def newest(owner: Owner, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> ProjectList:
        every = settings.variant.fail_list_every
        if every and next(listed) % every == 0:
            raise RuntimeError("the query failed")
        return ProjectList(projects=[_shown(row) for row in store.newest(owner, limit)])

    @router.get("/projects/{projectId}", responses={**missing})
    def read(owner: Owner, project_id: ProjectId) -> Project:
        row = store.get(owner, project_id)
        if row is None:
            raise HTTPException(404, "no such project")
        return _shown(row)

    @router.delete("/projects/{projectId}", status_code=204, responses={**missing})
    def delete(owner: Owner, project_id: ProjectId) -> Response:
        if not store.delete(owner, project_id):
            raise HTTPException(404, "no such project")
        return Response(status_code=204)

    async def ready() -> str | None:
        try:
            await run_in_threadpool(store.check)
        except sqlite3.Error as error:
            return f"sqlite: {error}"
        return None

    return assemble(ServiceMetrics(SERVICE, ROUTES), settings, router, ready, lifespan)


def main() -> None:
    """Serve until a signal."""
    parser = argument_parser("project_service")
    parser.add_argument("--database", type=FilePath, required=True)
    options = parser.parse_args()
    settings = settings_from(options)
    key = options.database.with_suffix(".key")
    if settings.variant.recovery.needs_key and not key.exists():
        parser.exit(1, f"{SERVICE}: {key.name} is missing beside {options.database.name}\n")
    app = create_app(settings, options.database)
    serve(app, fd=options.fd, port=options.port)


if __name__ == "__main__":
    main()
