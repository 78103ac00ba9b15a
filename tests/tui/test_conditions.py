"""The search form's conditions and the lines that they make: both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.core.fields import BUILT_IN_FIELDS, SYSTEM_FIELDS, Field, FieldType
from crm_tui.core.query import QueryMistake, Vocabulary, parse_query
from crm_tui.tui.conditions import HAS, NO, Condition, Form, operators_for, read_form, write_form

POINTS = Field("profile.points", FieldType.NUMBER, "점수")
COLOURS = Field("profile.colours", FieldType.LIST, "색")
WORDS = Vocabulary(fields=(*BUILT_IN_FIELDS, POINTS, COLOURS, *SYSTEM_FIELDS))
VALUES = {
    FieldType.NUMBER: "7",
    FieldType.BOOLEAN: "yes",
    FieldType.DATETIME: "2026-05-01",
    FieldType.PHONE: "010-1111-2222",
    FieldType.EMAIL: "a@x.kr",
}


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (Form(), ""),
        (Form((Condition(text="김 민수"),)), '"김 민수"'),
        (Form((Condition(text="kim"), Condition("profile.email", ":", "x.kr"))), "kim email:x.kr"),
        (Form((Condition("tags", "=", "vip"), Condition("tags", "!=", "old one"))), 'tag:vip tags!="old one"'),
        (Form((Condition("userImportTag", "=", "5월 고객"),)), 'import:"5월 고객"'),
        (Form((Condition("type", "=", "member"),)), "member:yes"),
        (Form((Condition("type", "=", "lead"),)), "member:no"),
        (Form((Condition("profile.points", ">=", "100"),)), "points>=100"),
        (Form((Condition("profile.email", HAS), Condition("profile.name", NO))), "has:email no:name"),
        (Form((Condition(text="kim"), Condition(text="lee")), is_any=True), "kim OR lee"),
        (Form((Condition(text="kim"),), rest="(a OR b)"), "(a OR b) kim"),
        (Form(rest="(a OR b) NOT tag:x"), "(a OR b) NOT tag:x"),
    ],
)
def test_a_form_makes_a_line_and_reads_it_back(form: Form, line: str) -> None:
    assert write_form(form) == line
    assert read_form(line, WORDS) == form


@pytest.mark.parametrize(
    ("line", "rewritten"),
    [
        ("kim AND  tag:vip", "kim tag:vip"),
        ("a OR b AND c", "(a OR b AND c)"),
        ("tag:vip (a OR b) kim", "(a OR b) tag:vip kim"),
        ("email:(a@x.kr, b@y.kr) kim", "email:(a@x.kr, b@y.kr) kim"),
        ("email:@list.txt", "email:@list.txt"),
        ("points:7", "points=7"),
        ("NOT kim", "NOT kim"),
        ("member:maybe", ""),
    ],
)
def test_what_the_form_cannot_show_stays_and_a_wrong_line_is_left_out(line: str, rewritten: str) -> None:
    assert write_form(read_form(line, WORDS)) == rewritten


def test_conditions_without_a_value_are_left_out() -> None:
    assert write_form(Form((Condition("profile.name", ":", "  "), Condition()), is_any=True, rest="x")) == "x"
    assert write_form(Form((Condition(text="a"), Condition(text="b")), is_any=True, rest="x")) == "x (a OR b)"


def conditions() -> st.SearchStrategy[Condition]:
    texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=9).filter(
        lambda text: text == text.strip() and text
    )

    def of(field: Field) -> st.SearchStrategy[Condition]:
        value = st.sampled_from(["member", "lead"]) if field.key == "type" else st.just(VALUES.get(field.type, ""))
        chosen = value if VALUES.get(field.type) or field.key == "type" else texts
        return st.builds(Condition, st.just(field.key), st.sampled_from(operators_for(field)), chosen)

    return st.one_of(st.sampled_from(WORDS.fields).flatmap(of), st.builds(Condition, text=texts))


@given(st.lists(conditions(), max_size=5), st.booleans())
def test_every_form_makes_a_line_that_is_understood_and_means_the_same_when_read_back(
    given: list[Condition], is_any: bool
) -> None:
    line = write_form(Form(tuple(given), is_any))
    understood = parse_query(line, WORDS)
    assert not isinstance(understood, QueryMistake), line
    assert parse_query(write_form(read_form(line, WORDS)), WORDS) == understood
