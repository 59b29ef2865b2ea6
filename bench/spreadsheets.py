"""How fast spreadsheets are read: `python -m bench.spreadsheets`, three million rows of CSV and 500 thousand of XLSX.

Prints a line of JSON per measure: `read` takes the file apart into columns of text, `stage` makes the tables of it
(every value read, people and appointments combined, Parquet written). Each runs in a process of its own, whose peak
memory is told. The files are made once and kept in var/bench/spreadsheets.
"""

import argparse
import datetime
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEEP = Path("var/bench/spreadsheets")
HEADERS = ("ID записи", "Дата визита", "Время", "Дата создания", "Клиент", "Телефон", "Услуга", "Стоимость", "Статус",
           "Мастер", "Филиал")  # fmt: skip
TODAY = datetime.date(2026, 5, 12)
OF_XLSX = (1, 2, 4, 5, 6, 8)  # columns: so that the sheet stays below what may be unpacked


def main() -> int:
    """Run the measures and print them."""
    parser = argparse.ArgumentParser(prog="python -m bench.spreadsheets", description=__doc__)
    parser.add_argument("--csv-rows", type=int, default=3_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=500_000)
    parser.add_argument("--only", choices=["read", "stage"], help="in this process, of --file")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.file)))
        return 0
    KEEP.mkdir(parents=True, exist_ok=True)
    files = [KEEP / f"{options.csv_rows}.csv", KEEP / f"{options.xlsx_rows}.xlsx"]
    for path, write in zip(files, (write_csv, write_xlsx), strict=True):
        if not path.exists():
            making = path.with_suffix(".making" + path.suffix)
            write(making, int(path.stem))
            making.rename(path)
        warm(path)
        for what in ("read", "stage"):
            call = [sys.executable, "-m", "bench.spreadsheets", "--only", what, "--file", str(path)]
            print(subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip(), flush=True)
    return 0


def warm(path: Path) -> None:
    """Read a file once, a piece at a time: the peak of this process would count in its children."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def rows(count: int, seed: int = 1):
    """Yield the bookings of a network over eight years, the clients of which come about ten times each."""
    chance = random.Random(seed)
    names = ["Анна", "Мария", "Елена", "Ольга", "Ирина", "Наталья", "Светлана", "Дарья"]
    families = ["Иванова", "Петрова", "Сидорова", "Ким", "Ахметова", "Смирнова"]
    services = [f"Услуга {number}" for number in range(60)] + ["Стрижка женская", "Маникюр с покрытием"]
    statuses = ["Пришел"] * 8 + ["Не пришел", "Отменена"]
    first = datetime.date(2018, 1, 1)
    for number in range(count):
        client = chance.randrange(max(1, count // 10))
        day = first + datetime.timedelta(days=number * 3000 // count)
        made = day - datetime.timedelta(days=chance.randrange(30))
        phone = f"+7 9{client % 90 + 10} {client // 90 % 1000:03}-{client % 97:02}-{client // 1000 % 100:02}"
        yield (
            str(number + 1), f"{day:%d.%m.%Y}", f"{chance.randrange(9, 21)}:{chance.choice(['00', '15', '30', '45'])}",
            f"{made:%d.%m.%Y} {chance.randrange(9, 21)}:{chance.randrange(60):02}",
            f"{families[client % 6]} {names[client % 8]}", phone, chance.choice(services),
            f"{chance.randrange(5, 90) * 100 // 1000} {chance.randrange(10) * 100:03},00" if client % 2 else "900",
            chance.choice(statuses), f"Мастер {client % 40}", f"Филиал {client % 5}",
        )  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    """Write bookings as a booking system exports them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(";".join(HEADERS) + "\r\n")
        file.writelines(";".join(row) + "\r\n" for row in rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """Write bookings as a workbook."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Записи")
    sheet.append([HEADERS[at] for at in OF_XLSX])
    for row in rows(count):
        sheet.append([row[at] for at in OF_XLSX])
    book.save(path)


class WithoutPandas:
    """Hides pandas, which comes with the bench and not with the product: Arrow would load it."""

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        """Refuse one module."""
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(name)


def measure(what: str, path: Path) -> dict[str, object]:
    """Return what one measure of a file came to."""
    sys.meta_path.insert(0, WithoutPandas())
    from vernis.connectors.spreadsheets import Source, guess, read_files, stage  # noqa: PLC0415
    from vernis.connectors.spreadsheets.reading import opened  # noqa: PLC0415

    source = Source(path, path.name)
    began, cpu = time.perf_counter(), time.process_time()
    if what == "read":
        count = sum(len(block) for block, _share in opened(source)[1][0].blocks())
    else:
        into = Path(tempfile.mkdtemp(dir=KEEP))
        try:
            mapping = guess(read_files([source]), country="RU")
            staged = stage([source], mapping, into=into, country="RU", today=TODAY)
            count = staged.balances[0].rows
        finally:
            shutil.rmtree(into)
    seconds, spent = time.perf_counter() - began, time.process_time() - cpu
    size = path.stat().st_size
    return {
        "file": path.name, "what": what, "rows": count, "mb": round(size / 1e6, 1), "seconds": round(seconds, 2),
        "cpu_seconds": round(spent, 2), "rows_per_s": round(count / seconds),
        "mb_per_s": round(size / 1e6 / seconds, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
