"""`import`: the options, the result in every end, the exit codes, the failed rows."""

import os

import openpyxl
import pytest

from crm_tui.i18n import t

DOCUMENTED = {
    "import_id",
    "state",
    "target",
    "key",
    "rows",
    "customers",
    "created",
    "updated",
    "failed",
    "unified",
    "unify_pending",
    "blocked_matched",
    "opt_ins",
    "tag",
    "tags_left_out",
    "failures",
    "failed_file",
    "seconds",
}
"""What the page of the command line promises; "error" and "remarks" come on top."""
NUMBERS = {
    "rows",
    "customers",
    "created",
    "updated",
    "unchanged",
    "failed",
    "unified",
    "unify_pending",
    "blocked_matched",
    "opt_ins",
    "tags_left_out",
}
HEADER = "회원번호,이름,휴대폰,이메일,메일수신거부,문자수신거부\n"
GOOD = HEADER + "1,김민준,+82 10-2020-3030,min@example.com,false,true\n2,이서연,,seo@example.com,no,no\n"
FAULTY = GOOD + "3,박도윤,010-1234-5678,do@,false,false\n,최하은,,,false,false\n4,정지호,,,,\n"


def imported(cli, *arguments):
    return cli("import", *arguments, "--yes", "--json")


def everything(cli):
    """What the customers are, by every value that an import could change."""
    return cli("contacts", "--json").out


def test_r31_an_import_says_all_its_numbers(cli, csv_file):
    ended = imported(cli, csv_file(GOOD), "--target", "member")
    assert ended.code == 0
    result = ended.json
    assert set(result) >= DOCUMENTED
    assert {name: result[name] for name in DOCUMENTED - NUMBERS - {"seconds"}} == {
        "import_id": 1,
        "state": "applied",
        "target": "member",
        "key": "memberId",
        "tag": "5월 고객",
        "failures": [],
        "failed_file": None,
    }
    assert {name: result[name] for name in NUMBERS} == dict.fromkeys(NUMBERS, 0) | {
        "rows": 2,
        "customers": 2,
        "created": 2,
    }
    assert result["error"] is None
    assert result["seconds"] >= 0
    assert [customer["memberId"] for customer in cli("contacts", "--sort", "memberId", "--json").json] == ["1", "2"]
    assert cli("show", "--member-id", "1", "--json").json["userImportTag"] == ["5월 고객"]
    again = imported(cli, csv_file(GOOD), "--target", "member").json
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 2, 2)


def test_an_import_of_which_no_row_can_be_imported_is_refused(cli, csv_file):
    for text in (HEADER, HEADER + ",이름만,,,false,true\n"):
        ended = cli("import", csv_file(text), "--target", "member", "--yes", "--json")
        assert (ended.code, ended.json["state"], ended.json["error"]["code"]) == (1, "refused", "import_nothing")
    assert cli("imports", "--json").json[0]["state"] == "cancelled"


def test_a_folder_for_failed_rows_that_is_not_there_is_said_before_anything_is_written(cli, csv_file, tmp_path):
    path = tmp_path / "nowhere" / "failed.xlsx"
    ended = cli("import", csv_file(GOOD), "--target", "member", "--yes", "--failed", path)
    assert ended.code == 1
    assert str(path) in ended.err
    assert cli("mu").out == "0\n"


def test_an_import_is_told_on_stderr_and_nothing_else_is_on_stdout(cli, csv_file):
    ended = cli("import", csv_file(GOOD), "--target", "member", "--yes")
    assert (ended.code, ended.out) == (0, "")
    assert "  회원번호 → memberId\n  이름 → profile.name\n" in ended.err
    applied = t("cli.applied", id=1, created=2, updated=0, failed=0)
    assert ended.err.splitlines()[-2:] == [t("cli.no_undo"), applied]


def test_r18_r23_failed_rows_are_told_with_every_reason_and_end_with_3(cli, csv_file):
    ended = imported(cli, csv_file(FAULTY), "--target", "member")
    assert ended.code == 3
    result = ended.json
    assert (result["state"], result["rows"], result["created"], result["failed"]) == ("applied", 5, 2, 3)
    assert [(row["row"], row["columns"], [one["code"] for one in row["reasons"]]) for row in result["failures"]] == [
        (4, ["profile.mobileNumber", "profile.email"], ["phone_no_country_code", "email_invalid"]),
        (5, ["memberId"], ["key_blank"]),
        (6, ["unsubscribeEmail", "unsubscribeTexting"], ["opt_out_missing", "opt_out_missing"]),
    ]
    assert all(
        set(one) == {"column", "code", "message"} and one["message"]
        for row in result["failures"]
        for one in row["reasons"]
    )
    assert "  4: profile.mobileNumber: " in ended.err


def test_failures_are_told_in_the_language_asked_for(cli, csv_file):
    korean = imported(cli, csv_file(FAULTY), "--target", "member").json["failures"][1]["reasons"][0]["message"]
    english = cli("--lang", "en", "import", csv_file(FAULTY), "--target", "member", "--yes", "--json").json
    assert english["failures"][1]["reasons"][0]["message"].isascii()
    assert not korean.isascii()


def test_only_the_first_thirty_failed_rows_are_told_and_the_rest_is_counted(cli, csv_file):
    ended = imported(cli, csv_file(GOOD + ",x,,,,\n" * 40), "--target", "member")
    assert (len(ended.json["failures"]), ended.json["failed"]) == (30, 40)
    assert t("cli.more_failures", count="10") in ended.err


def test_r34_a_dry_run_gives_the_numbers_that_would_be_and_writes_nothing(cli, csv_file, tmp_path):
    path = csv_file(FAULTY)
    failed = tmp_path / "failed.xlsx"
    before = everything(cli)
    ended = cli("import", path, "--target", "member", "--dry-run", "--json", "--failed", failed)
    assert ended.code == 0
    assert everything(cli) == before
    assert failed.exists()
    planned = ended.json
    applied = imported(cli, path, "--target", "member", "--failed", failed).json
    assert planned.pop("state") == "planned"
    assert applied.pop("state") == "applied"
    for result in (planned, applied):
        del result["seconds"], result["import_id"]
    assert planned == applied


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["missing.csv", "--target", "member"], 1, "source_missing"),
        (["FILE", "--target", "member", "--map", "없는 열=name"], 2, "column_unknown"),
        (["FILE", "--target", "member", "--skip", "없는 열"], 2, "column_unknown"),
        (["FILE", "--target", "member", "--map", "이름=nix"], 2, "field_not_found"),
        (["FILE", "--target", "member", "--map", "이름"], 2, "column_unknown"),
        (["FILE", "--target", "member", "--map", "이름="], 2, "field_not_found"),
        (["FILE", "--target", "member", "--map", "이름=name", "--map", "이메일=name"], 2, "field_mapped_twice"),
        (["FILE", "--target", "member", "--map", "이름=name", "--map", "#2=description"], 2, "column_given_twice"),
        (["FILE", "--target", "member", "--map", "이름=name", "--skip", "이름"], 2, "column_given_twice"),
        (["FILE", "--target", "member", "--skip", "회원번호"], 2, "import_key_unmapped"),
        (["FILE", "--target", "member", "--map", "#0=name"], 2, "column_unknown"),
        (["FILE", "--target", "member", "--map", "#7=name"], 2, "column_unknown"),
        (["FILE", "--target", "lead", "--key", "email", "--map", "회원번호=memberId"], 2, "lead_with_member_id"),
        (["FILE", "--target", "member", "--tag", ""], 2, "import_tag_invalid"),
        (["FILE", "--target", "member", "--tag", "x" * 129], 2, "import_tag_invalid"),
        (["FILE", "--target", "member", "--encoding", "klingon"], 1, "source_encoding_unknown"),
        (["FILE", "--target", "member", "--failed", "/nowhere/at/all/x.xlsx"], 1, "output_unwritable"),
        (["/", "--target", "member"], 1, "source_not_file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_refused_writes_nothing_and_gives_the_whole_document(cli, csv_file, arguments, code, error):
    path = csv_file(FAULTY)
    before = everything(cli)
    ended = imported(cli, *(path if one == "FILE" else one for one in arguments))
    assert ended.code == code
    result = ended.json
    assert set(result) >= DOCUMENTED
    assert result["state"] == "refused"
    assert result["error"]["code"] == error
    assert ended.err.splitlines()[-1] == result["error"]["message"]
    assert {name: result[name] for name in NUMBERS} == dict.fromkeys(NUMBERS, 0)
    assert (result["failures"], result["failed_file"]) == ([], None)
    assert everything(cli) == before


def test_a_database_that_cannot_be_opened_refuses_with_the_document_too(cli, csv_file, tmp_path):
    path = tmp_path / "no.db"
    path.write_text("no database" * 500)
    ended = cli("--db", path, "import", csv_file(GOOD), "--target", "member", "--yes", "--json")
    assert (ended.code, ended.json["state"], ended.json["error"]["code"]) == (1, "refused", "database_unreadable")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "lead", "--yes"], "cli.key_for_leads"),
        (["--target", "member", "--key", "email", "--yes"], "cli.key_for_leads"),
        (["--target", "member"], "cli.yes_needed"),
        (["--target", "member", "--yes", "--tag", "a", "--no-tag"], "cli.tag_twice"),
    ],
)
def test_options_that_do_not_fit_together_are_wrong_usage(cli, csv_file, arguments, sentence):
    ended = cli("import", csv_file(GOOD), *arguments)
    assert (ended.code, ended.out, ended.err) == (2, "", t(sentence) + "\n")


def test_the_failed_rows_are_saved_under_the_name_of_a_spreadsheet_only(cli, csv_file, tmp_path):
    ended = imported(cli, csv_file(GOOD), "--target", "member", "--failed", tmp_path / "failed.csv")
    assert (ended.code, ended.out) == (2, "")


def test_the_failed_rows_are_not_saved_over_the_file_itself(cli, tmp_path):
    path = tmp_path / "customers.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["회원번호", "메일수신거부", "문자수신거부"])
    book.active.append(["", "true", "true"])
    book.save(path)
    before = path.read_bytes()
    ended = imported(cli, path, "--target", "member", "--failed", path)
    assert (ended.code, ended.json["error"]["code"]) == (2, "output_is_source")
    assert path.read_bytes() == before


def test_r38_failed_rows_are_mended_and_imported_again(cli, csv_file, tmp_path):
    path = csv_file(FAULTY, encoding="cp949")
    failed = tmp_path / "실패.xlsx"
    ended = imported(cli, path, "--target", "member", "--failed", failed)
    assert (ended.code, ended.json["failed_file"], ended.json["created"]) == (3, str(failed), 2)
    assert failed.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(failed)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header[:4] == ["rowNumber", "errorColumns", "errorReasons", "memberId"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["4", "5", "6"]
    mobile, email, member = (header.index(key) + 1 for key in ("profile.mobileNumber", "profile.email", "memberId"))
    sheet.cell(2, mobile).value = "+82 10-1234-5678"
    sheet.cell(2, email).value = "do@example.com"
    sheet.cell(3, member).value = "00123"
    for key in ("unsubscribeEmail", "unsubscribeTexting"):
        sheet.cell(4, header.index(key) + 1).value = "no"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    again = imported(cli, mended, "--target", "member", "--tag", "5월 고객")
    assert (again.code, again.json["created"], again.json["failed"]) == (0, 3, 0)
    assert cli("contacts", 'import:"5월 고객"', "--count").out == "5\n"
    assert cli("show", "--member-id", "00123", "--json").json["profile"]["name"] == "최하은"


def test_r38_failed_rows_can_be_saved_later_and_nothing_is_saved_where_none_failed(cli, csv_file, tmp_path):
    imported(cli, csv_file(FAULTY), "--target", "member")
    path = tmp_path / "later.xlsx"
    ended = cli("imports", "failed", 1, "-o", path)
    assert (ended.code, ended.out, ended.err) == (0, "", t("cli.failed_saved", path=path) + "\n")
    assert openpyxl.load_workbook(path).active.max_row == 4
    clean = imported(cli, csv_file(GOOD), "--target", "member", "--failed", tmp_path / "none.xlsx")
    assert (clean.code, clean.json["failed_file"]) == (0, None)
    assert not (tmp_path / "none.xlsx").exists()
    assert cli("imports", "failed", 2, "-o", path).code == 1
    assert cli("imports", "failed", 9, "-o", path).code == 1
    assert cli("imports", "failed", 1, "-o", "/nowhere/at/all/x.xlsx").code == 1
    assert cli("imports", "failed", 1, "-o", tmp_path / "x.csv").code == 2


def test_r25_leads_are_matched_by_e_mail_or_mobile_number(cli, csv_file):
    text = "이메일,휴대폰,이름,메일수신거부,문자수신거부\nA@Example.com,+82 10-1111-2222,가,no,no\n"
    by_email = imported(cli, csv_file(text), "--target", "lead", "--key", "email").json
    assert (by_email["key"], by_email["created"]) == ("email", 1)
    by_mobile = imported(cli, csv_file(text.replace("A@", "b@")), "--target", "lead", "--key", "mobilenumber").json
    assert (by_mobile["key"], by_mobile["updated"]) == ("mobileNumber", 1)
    assert [one["profile"]["email"] for one in cli("contacts", "--json").json] == ["b@example.com"]


@pytest.mark.parametrize(
    ("policy", "left"), [((), "김민준"), (("--empty", "keep"), "김민준"), (("--empty", "clear"), None)]
)
def test_r26_blank_cells_keep_or_clear(cli, csv_file, policy, left):
    imported(cli, csv_file(GOOD), "--target", "member")
    imported(cli, csv_file("회원번호,이름\n1,\n"), "--target", "member", *policy)
    assert cli("show", "--member-id", "1", "--json").json["profile"].get("name") == left


@pytest.mark.parametrize(
    ("options", "tags"),
    [((), ["5월 고객"]), (("--tag", " 여름 "), ["여름"]), (("--no-tag",), [])],
)
def test_r30_the_import_tag_is_the_file_s_name_another_or_none(cli, csv_file, options, tags):
    result = imported(cli, csv_file(GOOD), "--target", "member", *options).json
    assert cli("show", "--member-id", "1", "--json").json["userImportTag"] == tags
    assert (result["tag"] or "").strip() == (tags[0] if tags else "")


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter", "options"),
    [
        ("a.csv", "utf-8", ",", ()),
        ("a.csv", "utf-8-sig", ";", ()),
        ("a.csv", "cp949", ",", ()),
        ("a.csv", "utf-16", "\t", ()),
        ("a.csv", "shift_jis", ",", ("--encoding", "Shift_JIS")),
        ("a.csv", "cp949", "|", ("--encoding", "euc-kr", "--delimiter", "|")),
        ("a.csv", "utf-8", "\t", ("--delimiter", "tab")),
        ("a.csv", "utf-8", "\t", ("--delimiter", r"\t")),
    ],
)
def test_r21_the_encoding_and_the_delimiter_are_found_out_or_said(cli, csv_file, name, encoding, delimiter, options):
    text = "memberId,name,unsubscribeEmail,unsubscribeTexting\n1,佐藤,no,no\n".replace(",", delimiter)
    ended = imported(cli, csv_file(text, name, encoding), "--target", "member", *options)
    assert ended.code == 0, ended.err
    how = ended.err.splitlines()[0]
    assert how.startswith("a.csv: ")
    assert encoding.removesuffix("-sig").replace("_", "-") in how.lower().replace("_", "-")
    assert f'"{"tab" if delimiter == chr(9) else delimiter}"' in how
    assert cli("show", "--member-id", "1", "--json").json["profile"]["name"] == "佐藤"


def test_r21_a_sheet_is_chosen_by_its_name(cli, tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    sheet = book.create_sheet("고객")
    sheet.append(["memberId", "unsubscribeEmail", "unsubscribeTexting"])
    sheet.append(["1", "no", "no"])
    book.save(path)
    ended = imported(cli, path, "--target", "member", "--sheet", "고객")
    assert ended.json["created"] == 1
    assert ended.err.startswith(t("cli.source_xlsx", file="book.xlsx", sheet="고객", rows="1"))
    refused = imported(cli, path, "--target", "member", "--sheet", "없음")
    assert (refused.code, refused.json["error"]["code"]) == (1, "source_sheet_unknown")
    assert "고객" in refused.json["error"]["message"]


def test_r22_an_uncertain_column_is_not_mapped_but_said_with_the_option_that_would(cli, csv_file):
    path = csv_file("회원번호,전화번호,고객 이름,메일수신거부,문자수신거부\n1,+82 10-2020-3030,김민준,no,no\n")
    ended = cli("import", path, "--target", "member", "--dry-run")
    suggested = [line.rpartition(": ")[2] for line in ended.err.splitlines() if "--map" in line]
    assert suggested[0] == '--map "전화번호=profile.mobileNumber"'
    assert "  전화번호 → " + t("cli.not_imported") in ended.err
    options = [part for line in suggested for part in line.replace('"', "").split(" ", 1)]
    result = imported(cli, path, "--target", "member", *options).json
    assert result["created"] == 1
    assert cli("show", "--member-id", "1", "--json").json["profile"]["mobileNumber"] == "+821020203030"


def test_r22_repeated_and_empty_headers_are_named_by_their_number(cli, csv_file):
    path = csv_file("회원번호,값,값,,메일수신거부,문자수신거부,#2\n1,하나,둘,셋,no,no,넷\n")
    refused = imported(cli, path, "--target", "member", "--map", "값=name")
    assert (refused.code, refused.json["error"]["code"]) == (2, "column_repeated")
    assert "#2, #3" in refused.json["error"]["message"]
    ended = imported(cli, path, "--target", "member", "--map", "#3=name", "--map", "#4=description", "--no-tag")
    assert "  #3 → profile.name\n  #4 → profile.description\n" in ended.err
    assert cli("show", "--member-id", "1", "--json").json["profile"] == {"name": "둘", "description": "셋"}
    # A header that is written like a number is one: the column has a number of its own.
    assert "  #7 → " in ended.err
    imported(cli, path, "--target", "member", "--map", "#2=name", "--no-tag")
    assert cli("show", "--member-id", "1", "--json").json["profile"]["name"] == "하나"


def test_r22_map_overrides_what_a_header_says_by_itself(cli, csv_file):
    path = csv_file("회원번호,이름,a=b,메일수신거부,문자수신거부\n1,가,나,no,no\n")
    imported(cli, path, "--target", "member", "--map", "a=b=NAME", "--map", " 이름 =description")
    assert cli("show", "--member-id", "1", "--json").json["profile"] == {"name": "나", "description": "가"}


def test_r22_a_suspicious_column_is_told_with_what_to_do(cli, csv_file):
    rows = "".join(f"{number},{8.21e11 + number:.2E},no,no\n" for number in range(30))
    ended = imported(cli, csv_file("회원번호,이름,메일수신거부,문자수신거부\n" + rows), "--target", "member")
    assert ended.code == 0
    (remark,) = ended.json["remarks"]
    assert (remark["column"], remark["field"], remark["code"]) == (2, "profile.name", "numbers_shortened")
    assert remark["message"] in ended.err.splitlines()
    clean = imported(cli, csv_file(GOOD), "--target", "member")
    assert [remark["code"] for remark in clean.json["remarks"]] == []


def test_of_a_thousand_columns_the_first_hundred_are_told_one_by_one(cli, csv_file):
    headers = ["회원번호", "메일수신거부", "문자수신거부", *(f"c{number}" for number in range(997))]
    path = csv_file(",".join(headers) + "\n" + ",".join(["1", "no", "no", *["x"] * 997]) + "\n")
    ended = cli("import", path, "--target", "member", "--yes", "--map", "c900=name")
    assert ended.code == 0
    assert sum(" → " in line for line in ended.err.splitlines()) == 100
    assert t("cli.more_columns", count=900, mapped=1) in ended.err


def test_a_template_saved_as_it_is_has_the_columns_that_an_import_maps_by_itself(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind, key in (("member", "memberId"), ("lead-email", "profile.email"), ("lead-mobile", "profile.mobileNumber")):
        ended = cli("template", kind)
        assert (ended.code, ended.out) == (0, f"crm-tui-{kind}.xlsx\n")
        header = [cell.value for cell in openpyxl.load_workbook(tmp_path / ended.out.strip()).worksheets[0][1]]
        assert header[0] == key


def test_r20_a_template_that_is_filled_in_imports_unchanged(cli, tmp_path):
    cli("fields", "add", "points", "number", "포인트")
    path = tmp_path / "회원.xlsx"
    ended = cli("--lang", "en", "template", "member", "-o", path)
    assert (ended.code, ended.out) == (0, f"{path}\n")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    values = {"memberId": "00123", "profile.points": "5", "unsubscribeEmail": "true", "unsubscribeTexting": "false"}
    for key, value in values.items():
        sheet.cell(2, header.index(key) + 1).value = value
    book.save(path)
    result = imported(cli, path, "--target", "member").json
    assert (result["rows"], result["created"]) == (1, 1)
    assert cli("show", "--member-id", "00123", "--json").json["profile"] == {"points": 5}


def test_a_template_is_written_over_another_file_only_where_it_was_named(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "crm-tui-member.xlsx"
    path.write_text("mine")
    refused = cli("template", "member")
    assert (refused.code, refused.out, path.read_text()) == (2, "", "mine")
    assert cli("template", "member", "-o", path.name).code == 0
    assert path.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("nix",), 2), ((), 2), (("member", "-o", "x.csv"), 2), (("member", "-o", "/nowhere/at/all/x.xlsx"), 1)],
)
def test_a_template_that_cannot_be_written_is_refused(cli, arguments, code):
    ended = cli("template", *arguments)
    assert (ended.code, ended.out) == (code, "")


def test_the_log_shows_imports_with_their_numbers(cli, csv_file):
    assert cli("imports").err == t("cli.no_imports") + "\n"
    assert cli("inbox").err == t("cli.no_messages") + "\n"
    imported(cli, csv_file(FAULTY), "--target", "member")
    imported(cli, csv_file(GOOD, "둘째.csv"), "--target", "member", "--no-tag", "--empty", "clear")
    listed = cli("imports", "--json").json
    assert listed == cli("imports", "list", "--json").json
    assert [(one["import_id"], one["file"], one["state"], one["failed"]) for one in listed] == [
        (2, "둘째.csv", "applied", 0),
        (1, "5월 고객.csv", "applied", 3),
    ]
    shown = cli("imports", "show", 1, "--json").json
    assert [(row["row"]) for row in shown["failures"]] == [4, 5, 6]
    assert {name: shown[name] for name in ("target", "key", "empty", "tag", "rows", "created")} == {
        "target": "member",
        "key": "memberId",
        "empty": "keep",
        "tag": "5월 고객",
        "rows": 5,
        "created": 2,
    }
    assert shown["mapping"][:2] == [
        {"column": "회원번호", "field": "memberId"},
        {"column": "이름", "field": "profile.name"},
    ]
    assert shown["startedAt"].endswith("Z")
    assert shown["failedRowsUntil"].endswith("Z")
    text = cli("imports", "show", 1).out
    assert "  회원번호 → memberId\n" in text
    assert "  4: profile.mobileNumber: " in text
    table = cli("imports").out.splitlines()
    assert table[0].split()[:4] == ["id", "file", "key", "state"]
    assert len(table) == 3
    assert cli("imports", "show", 9).code == 1


def test_r37_the_manager_finds_a_message_with_the_numbers(cli, csv_file):
    imported(cli, csv_file(FAULTY), "--target", "member")
    (message,) = cli("inbox", "--json").json
    assert {name: message[name] for name in ("import_id", "file", "created", "failed", "read")} == {
        "import_id": 1,
        "file": "5월 고객.csv",
        "created": 2,
        "failed": 3,
        "read": False,
    }
    assert t("inbox.entry", file="5월 고객.csv", created=2, updated=0, failed=3) in cli("inbox").out


def test_fields_are_made_archived_and_restored(cli):
    added = cli("fields", "add", "loyaltyPoints", "Number", "포인트", "--json")
    assert (added.code, added.err) == (0, t("cli.field_added", key="profile.loyaltyPoints") + "\n")
    assert added.json == {
        "key": "profile.loyaltyPoints",
        "type": "number",
        "label": "포인트",
        "custom": True,
        "archived": False,
    }
    assert cli("fields", "archive", "LOYALTYPOINTS").code == 0
    listed = {one["key"]: one for one in cli("fields", "--json").json}
    assert listed["profile.loyaltyPoints"]["archived"] is True
    assert listed["memberId"] == {
        "key": "memberId",
        "type": "string",
        "label": "회원 ID",
        "custom": False,
        "archived": False,
    }
    assert cli("fields", "restore", "profile.loyaltypoints").code == 0
    assert "custom" in cli("fields").out.splitlines()[-1]
    assert cli("fields", "list").out == cli("fields").out
    assert "Member ID" in cli("--lang", "en", "fields").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "9lives", "string", "x"), 1),
        (("add", "name", "string", "x"), 1),
        (("add", "createdAt", "string", "x"), 1),
        (("add", "p", "phone", "x"), 2),
        (("add", "p", "nix", "x"), 2),
        (("add", "p"), 2),
        (("archive", "nix"), 1),
        (("archive", "name"), 1),
        (("restore", "nix"), 1),
        (("nix",), 2),
    ],
)
def test_r6_fields_that_cannot_be_are_refused(cli, arguments, code):
    before = cli("fields", "--json").out
    ended = cli("fields", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err
    assert cli("fields", "--json").out == before


def test_r35_a_second_import_is_refused_with_who_and_since_when(process, csv_file, cli, database):
    from crm_tui.services.importing.lock import import_lock
    from crm_tui.services.workspace import open_workspace

    workspace = open_workspace(str(database))
    with import_lock(workspace):
        ended = process("import", csv_file(GOOD), "--target", "member", "--yes", "--json")
    workspace.close()
    assert (ended.code, ended.json["state"], ended.json["error"]["code"]) == (5, "refused", "import_running")
    assert imported(cli, csv_file(GOOD), "--target", "member").code == 0


def test_a_file_name_that_is_no_text_is_imported(process, tmp_path):
    name = os.fsencode(str(tmp_path)) + b"/\xb0\xed\xb0\xb4.csv"
    with open(name, "wb") as file:
        file.write(GOOD.encode())
    ended = process("import", os.fsdecode(name), "--target", "member", "--yes", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["created"] == 2


# -- why a row does what it does (R25, R41)

LEADS = "이메일,휴대폰,메일수신거부,문자수신거부\nmin@example.com,,n,n\nbad,,n,n\n"


def test_r34_a_dry_run_tells_why_rows_do_what_they_do(cli, csv_file):
    assert cli("import", csv_file(LEADS), "--target", "lead", "--key", "email", "--yes").code == 3
    file = csv_file(GOOD + "3,박도윤,010-1,,no,no\n")
    ended = cli("import", file, "--target", "member", "--dry-run", "--json", "--why", "2", "--why", "4", "--why", "2")
    assert ended.code == 0
    assert (ended.json["unified"], ended.json["unify_pending"]) == (1, 0)
    made, failed = ended.json["why"]
    assert (made["row"], made["does"], made["customer"]) == (2, "creates", {"id": None, "row": 2})
    (link,) = made["unifications"]
    assert (link["member"], link["contact"], link["pending"]) == ({"id": None, "row": 2}, "profile.email", False)
    assert (failed["does"], failed["customer"]) == ("fails", None)
    for reason in (made, failed):
        assert reason["message"].split(". ")[0] in ended.err
    assert t("unify.plan", unified="1", unify_pending="0") in ended.err


def test_why_needs_a_dry_run_and_a_row_of_the_file(cli, csv_file):
    file = csv_file(GOOD)
    assert cli("import", file, "--target", "member", "--yes", "--why", "2").code == 2
    ended = cli("import", file, "--target", "member", "--dry-run", "--why", "99")
    assert ended.code == 1
    assert t("errors.import_row_none", row=99) in ended.err
    assert [one["state"] for one in cli("imports", "--json").json] == ["cancelled"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_reason_of_a_row_has_its_sentences_in_both_languages(cli, csv_file, language):
    cli("import", csv_file(GOOD), "--target", "member", "--yes")
    leads = LEADS.replace("bad,", "seo@example.com,")
    ended = cli(
        "--lang",
        language,
        "import",
        csv_file(leads),
        "--target",
        "lead",
        "--key",
        "email",
        "--dry-run",
        "--why",
        "2",
        "--why",
        "3",
    )
    assert ended.code == 0
    assert ("Row 2 updates customer" if language == "en" else "2행은 고객") in ended.err


def test_r38_an_import_says_where_its_failed_rows_were_saved(cli, csv_file, tmp_path):
    path = csv_file("회원번호,메일수신거부,문자수신거부\n1,no,no\n2,what,no\n")
    saved = tmp_path / "failed.xlsx"
    ended = cli("import", path, "--target", "member", "--yes", "--failed", saved)
    assert (ended.code, saved.exists()) == (3, True)
    assert t("cli.failed_saved", path=saved) in ended.err.splitlines()


def test_r37_an_import_that_came_to_nothing_lists_no_numbers(cli, csv_file, sql):
    path = csv_file("회원번호,메일수신거부,문자수신거부\n1,no,no\n")
    cli("import", path, "--target", "member", "--yes")
    assert [cell.strip() for cell in cli("imports").out.splitlines()[-1].split()].count("0") == 2
    sql("UPDATE import SET state = 'interrupted'")
    line = cli("imports").out.splitlines()[-1]
    assert "interrupted" in line
    assert "0" not in line.split()
