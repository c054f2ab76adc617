"""Commands about projects."""

import click

from clare.cli import complete
from clare.cli.arguments import given, text_of
from clare.cli.options import Session, common
from clare.cli.report import notes, warn
from clare.errors import Usage
from clare.fleet import Fleet
from clare.services import project_here, projects
from clare.services.act import Outcome
from clare.services.finding import check_readable
from clare.views.compare import Asked
from clare.views.query import where
from clare.views.record import Record, project_record
from clare.views.rows import listed
from clare.views.safe import one_line
from clare.views.tasks import choose, unfinished

SLUG = click.argument("slug", metavar="PROJECT", shell_complete=complete.projects)
OPTIONAL_SLUG = click.argument(
    "slug", metavar="[PROJECT]", default=project_here.HERE, shell_complete=complete.projects
)
REPO = click.option("--repo", metavar="URL", help='Its repository\'s address; "" for none.')
PATH = click.option("--path", metavar="DIR", help='Its folder on this machine; "" for none.')


def _record(fleet: Fleet, slug: str) -> Record:
    return {
        **project_record(fleet, fleet.project(slug)),
        "path": project_here.folder_of(slug) or None,
    }


def _finish(
    session: Session, slug: str, outcome: Outcome, verb: str, *, moved: bool = False
) -> None:
    fleet = outcome.fleet
    entity = fleet.project(slug)
    if session.as_json:
        session.data(_record(fleet, slug))
    else:
        nothing = "" if outcome.written.events or moved else "  (nothing to change)"
        session.say(f"{slug} {verb}: {one_line(entity.value('title', slug))}{nothing}")
    notes(session, outcome)
    warn(session, fleet, about=[entity.key])


@common
@click.command(epilog="Example: clare project add shop --title 'The web shop'")
@SLUG
@click.option("--title", help="Its name for people; default the slug.")
@click.option("-m", "--body", help="What it is about; - reads standard input.")
@REPO
@PATH
@click.pass_obj
def add(
    session: Session,
    slug: str,
    title: str | None,
    body: str | None,
    repo: str | None,
    path: str | None,
) -> None:
    """Add a project.

    PROJECT is its slug, which stays. In its folder, or in its repository, commands know it by
    themselves.
    """
    folder = projects.checked_folder(path) if path else ""
    fields = {"title": slug, **given(title=title, body=text_of(body), repo=repo)}
    outcome = projects.add(session.open().board, slug, fields=fields)
    if folder:
        projects.set_folder(slug, folder)
    _finish(session, slug, outcome, "added")


@common
@click.command(
    epilog="Examples: clare project edit web --title 'The shop'; clare project edit web --path ."
)
@OPTIONAL_SLUG
@click.option("--title", help="Its name for people.")
@click.option("-m", "--body", help="What it is about; - reads standard input.")
@click.option("--status", type=click.Choice(["active", "archived"]), help="Whether it is put away.")
@REPO
@PATH
@click.pass_obj
def edit(
    session: Session,
    slug: str,
    title: str | None,
    body: str | None,
    status: str | None,
    repo: str | None,
    path: str | None,
) -> None:
    """Change a project.

    Without PROJECT the one whose folder or repository this is. Its folder is this machine's affair;
    all the rest everybody sees.
    """
    fields = given(title=title, body=text_of(body), status=status, repo=repo)
    if not fields and path is None:
        raise Usage("nothing to change", hint="`clare project edit --help` lists what can be")
    folder = projects.checked_folder(path) if path else ""
    board = session.open().board
    slug = project_here.meant(board.read(), slug) if slug == project_here.HERE else slug
    outcome = projects.edit(board, slug, fields=fields)
    moved = projects.set_folder(slug, folder) if path is not None else False
    _finish(session, slug, outcome, "edited", moved=moved)


@common
@click.command(epilog="Example: clare project archive web")
@OPTIONAL_SLUG
@click.pass_obj
def archive(session: Session, slug: str) -> None:
    """Put a project away; its tasks stay.

    Without PROJECT the one whose folder or repository this is.
    """
    board = session.open().board
    slug = project_here.meant(board.read(), slug) if slug == project_here.HERE else slug
    outcome = projects.edit(board, slug, fields={"status": "archived"})
    _finish(session, slug, outcome, "archived")


@common
@click.command("list", epilog="Example: clare project list --all")
@click.option("--all", "show_all", is_flag=True, help="Archived ones too.")
@click.pass_obj
def list_projects(session: Session, show_all: bool) -> None:
    """List projects.

    With the number of their unfinished tasks.
    """
    fleet = session.open().board.read()
    records = [project_record(fleet, entity) for _, entity in sorted(fleet.projects.items())]
    found = [record for record in records if show_all or record["status"] == "active"]
    if session.as_json:
        session.data(found)
    else:
        session.table(
            [
                (str(r["slug"]), str(r["status"]), f"{r['unfinished']} unfinished", str(r["title"]))
                for r in found
            ],
            styles=("cyan",),
        )
        if not found:
            session.talk("no projects; `clare project add SLUG` adds one")
    warn(session, fleet)


@common
@click.command(epilog="Example: clare project show web")
@OPTIONAL_SLUG
@click.pass_obj
def show(session: Session, slug: str) -> None:
    """Show a project and its unfinished tasks.

    Without PROJECT the one whose folder or repository this is.
    """
    board = session.open().board
    fleet, now = board.read(), board.now()
    slug = project_here.meant(fleet, slug)
    entity = fleet.project(slug)
    record = _record(fleet, slug)
    if session.as_json:
        session.data(record)
    else:
        title = one_line(entity.value("title", slug))
        session.say(session.styled(f"{slug}  {title}", bold=True))
        session.say(f"  {record['status']}, {record['unfinished']} of {record['tasks']} unfinished")
        for name in ("repo", "path"):
            if record[name]:
                session.say(f"  {name} {one_line(str(record[name]))}")
        for line in entity.value("body").splitlines():
            session.say(f"  {line}")
        tasks = choose(Asked(fleet, now), unfinished(where("project", slug)))
        rows = zip(*listed(fleet, tasks, now=now), strict=True)
        session.table([("", *row) for row in rows], styles=("", "cyan"))
    warn(session, fleet, about=[entity.key])
    check_readable(fleet, entity.key)
