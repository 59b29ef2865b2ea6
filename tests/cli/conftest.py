from pathlib import Path

import pytest

from tests.warehouse.files import DAY, appointments, contacts, table, visit, waitlist, write_files
from vernis.warehouse.sample import write_sample


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def salon(tmp_path: Path) -> Path:
    """Return a data set with one row of most blocks, and texts that need quotes."""
    return write_files(
        tmp_path / "salon",
        {
            "branches.csv": table(["branch_id", "timezone"], {"branch_id": "b1", "timezone": "Europe/Moscow"}),
            "clients.csv": table(
                ["client_id", "name", "birthday"],
                {"client_id": "anna", "name": "Анна Каренина", "birthday": "--05-14"},
                {"client_id": 'Li, "Lee"', "name": "Li"},
                {"client_id": "vera"},
                {"client_id": "zoe"},
            ),
            "appointments.csv": appointments(
                visit(branch_id="b1", staff_id="m1", amount="1234.5"),
                visit(appointment_id="a2", client_id='Li, "Lee"', starts_at="2026-05-09T18:00", service_id="dye"),
                visit(appointment_id="a3", client_id="vera", starts_at="2026-05-10", status="no_show"),
                visit(appointment_id="a4", client_id="zoe", starts_at="2025-01-01T09:15", service_id="dye; cut"),
            ),
            "contacts.csv": contacts({}),
            "waitlist.csv": waitlist({"client_id": "vera", "service_id": "cut", "wanted_from": "2026-05-13"}),
        },
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an invented salon of 300 clients; tests must not change it."""
    folder = tmp_path_factory.mktemp("invented") / "sample"
    write_sample(folder, clients=300, seed=1, as_of=DAY)
    return folder
