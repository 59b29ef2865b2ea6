"""The worklist as an analyst would write it in pandas: group-bys and merges over whole tables, not tuned."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.worklist_sql import COLUMNS, INSTANT, RESULT

BLOCKS = ["missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "waitlist", "birthday"]
STRENGTH = {"completed": 3, "no_show": 2, "booked": 1, "cancelled": 0}
DAY = pd.Timedelta(days=1)
OFFSET = r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)$"


def worklist(folder: Path, as_of: date, threads: int = 2, memory: str | None = None) -> pa.Table:
    """Return the list of one day; the same interface and result as bench.worklist_sql (threads, memory: not used)."""
    d = pd.Timestamp(as_of)
    tables = {name: read(folder, name) for name in COLUMNS}
    clients_by_number, appointments_by_number = number_ids(tables)
    zones = dict(zip(tables["branches"]["branch_id"], tables["branches"]["timezone"], strict=True))
    for name in ("appointments", "waitlist"):
        localise(tables[name], COLUMNS[name], tables[name]["branch_id"].map(zones))

    lines, appts = states(tables["appointments"], d)
    services = tables["services"][["service_id", "category", "interval_days"]]
    lines = lines.merge(services, on="service_id", how="left")
    lines["category"] = lines["category"].fillna("")
    lines["cycle_key"] = lines["category"].where(lines["category"] != "", lines["service_id"])
    visit_lines = lines[lines["state"] == "visit"]
    visits = appts[appts["state"] == "visit"]
    upcoming = appts[appts["state"] == "upcoming"]

    clients = facts(visits, visit_lines)
    cycles = intervals(visit_lines, tables, d)
    missed = missed_rows(appts, upcoming, clients, d)
    missed["anchor"] = missed["anchor"].map(appointments_by_number)
    follow_up = follow_up_rows(visits, clients, d)
    follow_up["anchor"] = follow_up["anchor"].map(appointments_by_number)
    rebooked = rebooked_rows(upcoming, visits, d)
    rebooked["anchor"] = rebooked["anchor"].map(appointments_by_number)
    stage, also = stage_rows(cycles, upcoming, missed, d)
    waiting = waitlist_rows(tables["waitlist"], d)
    rows = pd.concat(
        [
            missed,
            follow_up,
            stage,
            rebooked,
            waiting,
            birthday_rows(tables["clients"], clients, d),
        ],
        ignore_index=True,
    )
    listed = rows["client_id"].unique()
    rows = rows.merge(clients, on="client_id", how="left")
    rows = rows.merge(also, on=["client_id", "cycle_key"], how="left")
    rows["visits_count"] = rows["visits_count"].fillna(0).astype(int)
    rows["spent"] = rows["spent"].fillna(0).astype("int64")

    rows = rows.merge(branches_and_staff(appts, lines, visits, listed), on="client_id", how="left")
    unknown = ~rows["client_id"].isin(appts.loc[appts["state"] != "ignored", "client_id"])
    rows["branch_id"] = rows["branch_id"].where(~unknown, rows["entry_branch"]).replace("", None)
    rows["last_staff_id"] = rows["last_staff_id"].where(rows["visits_count"] > 0).replace("", None)

    rows = after_contacts(rows, tables["contacts"], zones, d)
    rows = rows.merge(usual_times(visits[visits["client_id"].isin(rows["client_id"])]), on="client_id", how="left")
    rows = ordered(rows)
    rows["client_id"] = rows["client_id"].map(clients_by_number)
    return finish(rows)


def number_ids(tables: dict[str, pd.DataFrame]) -> "tuple[pd.Series[str], pd.Series[str]]":
    """Replace client and appointment ids by numbers in the order of the text, in place; return the texts by number.

    Not for looks: strings as keys make pandas ten times slower and twice as large.
    """
    keyed = [name for name in ("appointments", "clients", "contacts", "waitlist") if len(tables[name])]
    codes, texts = pd.factorize(pd.concat([tables[name]["client_id"] for name in keyed]), sort=True)
    done = 0
    for name in ("appointments", "clients", "contacts", "waitlist"):
        rows = len(tables[name]) if name in keyed else 0
        tables[name]["client_id"] = codes[done : done + rows]
        done += rows
    ids, appointment_texts = pd.factorize(tables["appointments"]["appointment_id"], sort=True)
    tables["appointments"]["appointment_id"] = ids
    return pd.Series(texts), pd.Series(appointment_texts)


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read a table; columns that are not there come empty, text without nulls except where emptiness matters."""
    columns = COLUMNS[name]
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.exists():
        there = pq.read_schema(parquet).names
        table = pq.read_table(parquet, columns=[c for c in columns if c in there]).to_pandas()
    elif csv.exists():
        table = pd.read_csv(csv, dtype=str, keep_default_na=False)
    else:
        table = pd.DataFrame(columns=list(columns), dtype=object)
    table = table.reindex(columns=list(columns))
    for column, kind in columns.items():
        values = table[column]
        if kind == "VARCHAR":
            table[column] = values.fillna("").astype("str")
        elif kind == "DATE":
            table[column] = pd.to_datetime(values.replace("", None)).astype("datetime64[us]")
        elif kind == "INT":
            table[column] = pd.to_numeric(values)
        elif kind != INSTANT:
            cents = pd.to_numeric(values.replace("", None)).astype(float) * 100
            table[column] = cents.fillna(0).round().astype("int64")
    return table


def localise(table: pd.DataFrame, columns: dict[str, str], zone: "pd.Series[Any]") -> None:
    """Turn the instants of a table into wall clock of `zone` (empty: UTC), in place."""
    for column in [name for name, kind in columns.items() if kind == INSTANT]:
        values = table[column]
        if pd.api.types.is_datetime64_dtype(values):
            continue
        text = values.map(lambda v: "" if pd.isna(v) else str(v)).astype(str)
        offset = text.str.contains(OFFSET) & (text.str.len() > 10)
        result = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
        plain = ~offset & (text != "")
        result[plain] = pd.to_datetime(text[plain], format="ISO8601").astype("datetime64[us]")
        for name in zone[offset].fillna("UTC").unique():
            here = offset & (zone.fillna("UTC") == name)
            moments = pd.to_datetime(text[here], format="ISO8601", utc=True)
            result[here] = moments.dt.tz_convert(ZoneInfo(name)).dt.tz_localize(None).astype("datetime64[us]")
        table[column] = result


def states(lines: pd.DataFrame, d: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines with the state and day of their appointment, and the known appointments (one row each)."""
    lines = lines.copy()
    lines["strength"] = lines["status"].map(STRENGTH)
    keys = ["client_id", "appointment_id"]
    appts = (
        lines.groupby(keys)
        .agg(
            start=("starts_at", "min"),
            created=("created_at", "min"),
            cancelled=("cancelled_at", "max"),
            strength=("strength", "max"),
        )
        .reset_index()
    )
    appts["day"] = appts["start"].dt.normalize()
    appts["created_day"] = appts["created"].dt.normalize()
    appts = appts[appts["created"].isna() | (appts["created_day"] <= d)]
    is_cancelled = appts["strength"] == 0
    miss_day = appts["day"].where(~is_cancelled | appts["cancelled"].isna(), appts["cancelled"].dt.normalize())
    past = appts["day"] <= d
    appts["miss_day"] = miss_day
    appts["state"] = np.select(
        [
            is_cancelled & appts["cancelled"].isna() & ~past,
            is_cancelled & (miss_day <= d),
            (appts["strength"] == 2) & past,
            (appts["strength"] == 3) & past,
            appts["day"] >= d,
        ],
        ["ignored", "miss", "miss", "visit", "upcoming"],
        "unclosed",
    )
    lines = lines.merge(appts[[*keys, "day", "start", "state"]], on=keys)
    return lines, appts


def facts(visits: pd.DataFrame, visit_lines: pd.DataFrame) -> pd.DataFrame:
    """One row per client with a visit."""
    clients = visits.groupby("client_id").agg(visits_count=("day", "nunique"), last_visit_on=("day", "max"))
    clients["spent"] = visit_lines.groupby("client_id")["amount"].sum()
    return clients.reset_index()


def intervals(visit_lines: pd.DataFrame, tables: dict[str, pd.DataFrame], d: pd.Timestamp) -> pd.DataFrame:
    """One row per client and cycle: last visit, service, interval and its source."""
    keys = ["client_id", "cycle_key"]
    cycles = visit_lines.sort_values(
        ["day", "starts_at", "amount", "service_id"], ascending=[False, False, False, True]
    ).drop_duplicates(keys)
    cycles = cycles[[*keys, "day", "service_id", "category", "interval_days"]].rename(
        columns={"day": "last_on", "interval_days": "own_days"}
    )
    cycles["month"] = cycles["last_on"].dt.month
    cycles["case"] = np.arange(len(cycles))
    rules = months_spelt_out(tables["service_intervals"])
    traits = spelt_out_traits(tables["clients"])

    found = [pd.DataFrame({"case": cycles["case"], "level": 10, "days": 30})]
    set_days = cycles[cycles["own_days"].notna()]
    found.append(pd.DataFrame({"case": set_days["case"], "level": 4, "days": set_days["own_days"]}))
    learned = learn(visit_lines, d)
    known = cycles.merge(learned, on="cycle_key")
    found.append(pd.DataFrame({"case": known["case"], "level": 9, "days": known["days"]}))
    for key, first in (("service_id", 0), ("category", 4)):
        wanted = rules[(rules[key] != "") & ((key == "service_id") | (rules["service_id"] == ""))]
        match = cycles[cycles[key] != ""].merge(wanted, on=key, suffixes=("", "_rule"))
        match = match[(match["rule_month"] == 0) | (match["rule_month"] == match["month"])]
        plain = match[match["trait"] == ""]
        personal = match[match["trait"] != ""].merge(traits, on=["client_id", "trait", "trait_value"])
        both = pd.concat([plain, personal])
        level = first + both["specific"]
        found.append(pd.DataFrame({"case": both["case"], "level": level, "days": both["interval_days"]}))

    best = pd.concat(found).sort_values(["case", "level", "days"]).drop_duplicates("case")
    cycles = cycles.merge(best, on="case")
    names = {1: "trait+season", 2: "trait", 3: "season", 4: "set", 9: "learned", 10: "default"}
    names |= {5: "trait+season", 6: "trait", 7: "season", 8: "set"}
    cycles["interval_source"] = cycles["level"].map(names)
    cycles["interval_days"] = cycles["days"].astype(int)
    cycles["expected_on"] = cycles["last_on"] + pd.to_timedelta(cycles["interval_days"], unit="D")
    cycles["days_late"] = (d - cycles["expected_on"]).dt.days
    return cycles[[*keys, "last_on", "service_id", "interval_days", "interval_source", "expected_on", "days_late"]]


def months_spelt_out(rules: pd.DataFrame) -> pd.DataFrame:
    """One row per rule and month (0: any), with how specific the rule is (1 trait and month .. 4 plain)."""

    def months(text: str) -> list[int]:
        if not text:
            return [0]
        result = []
        for part in text.split(","):
            first, _, last = part.partition("-")
            low, high = int(first), int(last or first)
            result += list(range(low, high + 1)) if low <= high else [*range(low, 13), *range(1, high + 1)]
        return result

    rules = rules.copy()
    has_trait, has_month = rules["trait"] != "", rules["months"] != ""
    rules["specific"] = np.select([has_trait & has_month, has_trait, has_month], [1, 2, 3], 4)
    rules["rule_month"] = rules["months"].map(months)
    rules = rules.explode("rule_month")
    rules["rule_month"] = rules["rule_month"].astype(int)
    return rules.drop(columns="months")


def spelt_out_traits(clients: pd.DataFrame) -> pd.DataFrame:
    """One row per client and trait."""
    traits = clients.loc[clients["traits"] != "", ["client_id", "traits"]].copy()
    traits["pair"] = traits["traits"].str.split(";")
    traits = traits.explode("pair").reset_index(drop=True)
    parts = traits["pair"].astype(str).str.extract("^(?P<trait>[^=]*)=?(?P<trait_value>.*)$")
    return traits[["client_id"]].join(parts)


def learn(visit_lines: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    """One row per cycle with enough gaps: its median gap in days, rounded half up."""
    days = visit_lines[["client_id", "cycle_key", "day"]].drop_duplicates()
    days = days.sort_values(["client_id", "cycle_key", "day"])
    following = days.groupby(["client_id", "cycle_key"])["day"].shift(-1)
    gaps = days.assign(gap=(following - days["day"]).dt.days).dropna(subset="gap")
    learned = []
    for window in (365, 180, 90):
        fit = gaps[(gaps["gap"] <= window) & (gaps["day"] <= d - window * DAY)]
        median = fit.groupby("cycle_key")["gap"].agg(["size", "median"]).reset_index()
        learned.append(median[median["size"] >= 20])
    best = pd.concat(learned).drop_duplicates("cycle_key")
    return pd.DataFrame({"cycle_key": best["cycle_key"], "days": np.floor(best["median"].astype(float) + 0.5)})


def missed_rows(appts: pd.DataFrame, upcoming: pd.DataFrame, clients: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    age = (d - appts["miss_day"]).dt.days
    misses = appts[(appts["state"] == "miss") & age.between(1, 7)]
    misses = misses.sort_values(["miss_day", "start", "appointment_id"]).drop_duplicates("client_id", keep="last")
    misses = misses[~misses["client_id"].isin(upcoming["client_id"])].merge(clients, on="client_id", how="left")
    misses = misses[~(misses["last_visit_on"] >= misses["miss_day"])]
    return pd.DataFrame(
        {
            "block": "missed",
            "client_id": misses["client_id"],
            "anchor": misses["appointment_id"],
            "due_on": misses["miss_day"] + 2 * DAY,
        }
    )


def follow_up_rows(visits: pd.DataFrame, clients: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    latest = visits.sort_values(["start", "appointment_id"]).drop_duplicates("client_id", keep="last")
    latest = latest.merge(clients, on="client_id")
    age = (d - latest["last_visit_on"]).dt.days
    latest = latest[(age <= 7) & (age >= np.where(latest["visits_count"] == 1, 2, 3))]
    return pd.DataFrame(
        {
            "block": "follow_up",
            "client_id": latest["client_id"],
            "anchor": latest["appointment_id"],
            "due_on": latest["last_visit_on"] + 3 * DAY,
        }
    )


def stage_rows(
    cycles: pd.DataFrame, upcoming: pd.DataFrame, missed: pd.DataFrame, d: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of due, overdue and lapsed, and the other cycles worth naming (client, governing cycle)."""
    free = cycles[~cycles["client_id"].isin(upcoming["client_id"]) & ~cycles["client_id"].isin(missed["client_id"])]
    late = free["days_late"]
    due = free[late.between(-3, 0)].sort_values(["expected_on", "cycle_key"]).drop_duplicates("client_id")
    order = {"by": ["expected_on", "cycle_key"], "ascending": [False, True]}
    overdue = free[late.between(1, 30)].sort_values(**order).drop_duplicates("client_id")
    overdue = overdue[~overdue["client_id"].isin(due["client_id"])]
    others = pd.concat([due["client_id"], overdue["client_id"], free.loc[late < -3, "client_id"]])
    lapsed = free[~free["client_id"].isin(others)].sort_values(**order).drop_duplicates("client_id")
    rows = pd.concat(
        [
            due.assign(block="due", due_on=due["expected_on"] - 3 * DAY),
            overdue.assign(block="overdue", due_on=overdue["expected_on"] + DAY),
            lapsed.assign(block="lapsed", due_on=lapsed["expected_on"] + 31 * DAY),
        ]
    )
    rows["anchor"] = rows["cycle_key"] + "@" + rows["last_on"].dt.strftime("%Y-%m-%d")
    calls = free[late.between(-3, 30)][["client_id", "cycle_key"]]
    other = calls.merge(rows[["client_id", "cycle_key"]], on="client_id", suffixes=("_other", ""))
    other = other[other["cycle_key_other"] != other["cycle_key"]].sort_values("cycle_key_other")
    also = other.groupby(["client_id", "cycle_key"])["cycle_key_other"].agg(";".join).rename("also_due").reset_index()
    return rows.drop(columns="last_on"), also


def rebooked_rows(upcoming: pd.DataFrame, visits: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    visit_days = visits[["client_id", "day"]].drop_duplicates().rename(columns={"day": "created_day"})
    rows = upcoming.dropna(subset="created_day").merge(visit_days, on=["client_id", "created_day"])
    rows = rows[(rows["day"] > rows["created_day"]) & ((rows["day"] - d).dt.days.between(0, 14))]
    return pd.DataFrame(
        {
            "block": "rebooked",
            "client_id": rows["client_id"],
            "anchor": rows["appointment_id"],
            "due_on": rows["day"] - 3 * DAY,
            "sort_start": rows["start"],
        }
    )


def waitlist_rows(entries: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    created = entries["created_at"].dt.normalize()
    rows = entries[
        (created.isna() | (created <= d))
        & (entries["closed_on"].isna() | (entries["closed_on"] > d))
        & (entries["wanted_until"].isna() | (entries["wanted_until"] >= d))
    ]
    return pd.DataFrame(
        {
            "block": "waitlist",
            "client_id": rows["client_id"],
            "anchor": rows["entry_id"],
            "service_id": rows["service_id"],
            "due_on": rows["wanted_from"].fillna(rows["created_at"].dt.normalize()),
            "sort_start": rows["created_at"],
            "entry_branch": rows["branch_id"],
        }
    )


def birthday_rows(people: pd.DataFrame, clients: pd.DataFrame, d: pd.Timestamp) -> pd.DataFrame:
    people = people[(people["birthday"] != "") & people["client_id"].isin(clients["client_id"])]
    month_day = people["birthday"].str[-5:]
    rows = []
    for ahead in range(8):
        day = d + ahead * DAY
        kept = [day.strftime("%m-%d")]
        if kept == ["02-28"] and not day.is_leap_year:
            kept.append("02-29")
        born = people[month_day.isin(kept)]
        row = {"block": "birthday", "client_id": born["client_id"], "anchor": f"{day.year:04}", "due_on": day}
        rows.append(pd.DataFrame(row))
    return pd.concat(rows)


def branches_and_staff(
    appts: pd.DataFrame, lines: pd.DataFrame, visits: pd.DataFrame, listed: "np.ndarray[Any, Any]"
) -> pd.DataFrame:
    """One row per listed client with a known appointment: branch and last staff of the one that speaks for it."""
    rest = appts[(appts["state"] != "ignored") & ~appts["client_id"].isin(visits["client_id"])]
    speaking = pd.concat([visits, rest])
    speaking = speaking[speaking["client_id"].isin(listed)]
    speaking = speaking.sort_values(["start", "appointment_id"]).drop_duplicates("client_id", keep="last")
    own = lines.merge(speaking[["client_id", "appointment_id"]], on=["client_id", "appointment_id"])
    branch = own.sort_values(["starts_at", "branch_id"]).drop_duplicates("client_id")
    staff = own.sort_values(
        ["starts_at", "amount", "service_id", "staff_id"], ascending=[False, False, True, True]
    ).drop_duplicates("client_id")
    staff = staff.rename(columns={"staff_id": "last_staff_id"})
    return branch[["client_id", "branch_id"]].merge(staff[["client_id", "last_staff_id"]], on="client_id")


def after_contacts(rows: pd.DataFrame, contacts: pd.DataFrame, zones: dict[str, str], d: pd.Timestamp) -> pd.DataFrame:
    """Drop closed and hidden rows; add attempts, last outcome and the day a row comes back."""
    contacts = contacts.reset_index(drop=True)
    by_client = dict(zip(rows["client_id"], rows["branch_id"], strict=True))
    by_row = dict(zip(zip(rows["client_id"], rows["anchor"], strict=True), rows["branch_id"], strict=True))
    pairs = zip(contacts["client_id"], contacts["anchor"], strict=True)
    branch = pd.Series([by_row.get(pair, by_client.get(pair[0])) for pair in pairs], dtype=object)
    localise(contacts, COLUMNS["contacts"], branch.map(zones))
    contacts = contacts[contacts["made_at"] < d + DAY].sort_values(
        ["made_at", "outcome", "next_on"], na_position="first"
    )
    keys = ["client_id", "block", "anchor"]
    counts = contacts.assign(refusal=contacts["outcome"] == "no_answer").groupby(keys)
    touched = counts.agg(attempts=("outcome", "size"), refusals=("refusal", "sum")).reset_index()
    touched = touched.merge(contacts.drop_duplicates(keys, keep="last"), on=keys)
    word = contacts.drop_duplicates(["client_id", "anchor"], keep="last")
    word = word[["client_id", "anchor", "outcome"]].rename(columns={"outcome": "last_outcome"})
    rows = rows.merge(touched, on=keys, how="left").merge(word, on=["client_id", "anchor"], how="left")

    day = rows["made_at"].dt.normalize()
    outcome = rows["outcome"]
    until = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    until = until.where(outcome != "no_answer", day + DAY)
    until = until.where(outcome != "promised", rows["next_on"].fillna(day + 3 * DAY))
    until = until.where(outcome != "callback", rows["next_on"].fillna(day + DAY))
    closed = outcome.isin(["booked", "reached", "declined", "wrong_number"])
    closed |= (outcome == "no_answer") & (rows["refusals"] >= 3)
    refused = touched[touched["block"].isin(["due", "overdue"]) & (touched["outcome"] == "declined")]
    pairs_refused = pd.MultiIndex.from_frame(refused[["client_id", "anchor"]])
    episode = pd.MultiIndex.from_frame(rows[["client_id", "anchor"]]).isin(pairs_refused)
    closed |= rows["block"].isin(["due", "overdue"]) & episode
    closed |= rows["client_id"].isin(contacts.loc[contacts["outcome"] == "do_not_call", "client_id"])
    rows["due_on"] = until.where(until.notna(), rows["due_on"])
    rows["attempts"] = rows["attempts"].fillna(0).astype(int)
    return rows[~closed & ~(until > d)]


def usual_times(visits: pd.DataFrame) -> pd.DataFrame:
    """One row per client: the most frequent weekday and hour of the last ten visits, a tie to the most recent."""
    ten = visits.sort_values(["start", "appointment_id"], ascending=False).groupby("client_id").head(10).copy()
    ten["usual_weekday"] = ten["start"].dt.dayofweek + 1
    ten["usual_hour"] = ten["start"].dt.hour
    results = []
    for column in ("usual_weekday", "usual_hour"):
        counts = ten.groupby(["client_id", column]).agg(n=("start", "size"), seen=("start", "max")).reset_index()
        best = counts.sort_values(["n", "seen"]).drop_duplicates("client_id", keep="last")
        results.append(best[["client_id", column]])
    return results[0].merge(results[1], on="client_id")


def ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort as in section 5 and number the rows of each block."""
    orders: dict[str, list[str]] = {
        "missed": ["not_lead", "due_on", "fewer"],
        "follow_up": ["not_new", "last_visit_on", "cheaper"],
        "due": ["expected_on", "fewer"],
        "overdue": ["not_waiting", "fewer", "cheaper"],
        "lapsed": ["fewer", "cheaper"],
        "rebooked": ["due_on", "sort_start"],
        "waitlist": ["sort_start"],
        "birthday": ["due_on", "fewer"],
    }
    rows = rows.assign(
        fewer=-rows["visits_count"],
        cheaper=-rows["spent"],
        not_lead=rows["visits_count"] > 0,
        not_new=rows["visits_count"] != 1,
        not_waiting=~rows["last_outcome"].isin(["promised", "no_answer"]),
    )
    parts = []
    for block in BLOCKS:
        by = [*orders[block], "client_id", "anchor"]
        part = rows[rows["block"] == block].sort_values(by, na_position="first")
        parts.append(part.assign(rank=np.arange(1, len(part) + 1)))
    return pd.concat(parts, ignore_index=True)


def finish(rows: pd.DataFrame) -> pa.Table:
    """Return the contract's columns as an Arrow table."""
    rows = rows.assign(is_new=rows["visits_count"] == 1, is_lead=rows["visits_count"] == 0)
    columns = []
    for field in RESULT:
        values = rows[field.name] if field.name in rows else pd.Series([None] * len(rows), dtype=object)
        if pa.types.is_decimal(field.type):
            cents = pa.array(values.astype("int64")).cast(pa.decimal128(19, 0))
            columns.append(pc.multiply(cents, pa.scalar(Decimal("0.01"))).cast(field.type))
        elif pa.types.is_string(field.type):
            columns.append(pa.array(values.astype(object).where(values.notna() & (values != ""), None), pa.string()))
        elif pa.types.is_int32(field.type):
            columns.append(pa.array(values.astype("Int64"), from_pandas=True).cast(pa.int32()))
        else:
            columns.append(pa.array(values, from_pandas=True).cast(field.type, safe=False))
    return pa.Table.from_arrays(columns, schema=RESULT)
