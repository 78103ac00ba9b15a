"""R15, R16: lists of texts and of numbers, and tags."""

import unicodedata

import pytest

from crm_tui.core.fields import BUILT_IN, TAGS, Field, FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.core.validation import parse_cell

LIST = Field("profile.hobbies", FieldType.LIST)
NUMBERS = Field("profile.scores", FieldType.LIST_OF_NUMBER)
TAG = BUILT_IN[TAGS]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('["a","b"]', ("a", "b")),
        ('[ "a" ,\t"b" ]', ("a", "b")),
        ('["string1","string2"]', ("string1", "string2")),
        ("[”string1”,”string2”]", ("string1", "string2")),  # as the source writes it
        ("[“a”,“b”]", ("a", "b")),
        ('["a",”b”]', ("a", "b")),
        ("[“가, 나”]", ("가, 나",)),
        ("[]", ()),
        ("[ ]", ()),
        ('["a","a","b","a"]', ("a", "b")),
        ('[" a ","\\u3164b"]', ("a", "b")),
        ('["a,b","[c]","d]"]', ("a,b", "[c]", "d]")),
        (r'["say \"hi\"","back\\slash","tab\there"]', ('say "hi"', "back\\slash", "tab\there")),
        ('["“quoted”"]', ("“quoted”",)),
        (r'["C:\dir"]', (r"C:\dir",)),
        ('["a\r\nb","a\nb"]', ("a\nb",)),
        (r'["\ud83d\ude00"]', ("😀",)),
        ('[""]', ("",)),
        ('["null","1","true"]', ("null", "1", "true")),
        ('["e\u0301"]', ("é",)),
        (r'["e\u0301"]', ("é",)),
    ],
)
def test_r15_a_list_is_texts_in_double_quotes_of_either_kind(text: str, items: tuple[str, ...]) -> None:
    assert parse_cell(text, LIST) == items


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a,b",
        '"a","b"',
        "[a,b]",
        "['a','b']",
        '["a"',
        '"a"]',
        "[",
        "]",
        '["a",]',
        '[,"a"]',
        '["a" "b"]',
        '["a";"b"]',
        '["a]',
        "[1,2]",
        '["a",1]',
        '["a",null]',
        '["a",true]',
        '[["a"]]',
        '["a",["b"]]',
        '[{"a":1}]',
        "［“a”］",
        "[" * 100_000,
        "[" * 50_000 + "]" * 50_000,
        '["' + "a" * 100_000,
        '["a"' + " " * 100_000 + "x]",
    ],
)
def test_r15_anything_else_is_no_list(text: str) -> None:
    assert parse_cell(text, LIST) == Problem(Code.LIST_INVALID, LIST.key)


def test_r15_a_list_has_at_most_200_items_of_at_most_512_characters() -> None:
    def written(count: int, length: int) -> str:
        return "[" + ",".join(f'"{number:0{length}}"' for number in range(count)) + "]"

    assert len(parse_cell(written(200, 512), LIST)) == 200  # type: ignore[arg-type]
    assert parse_cell(written(201, 3), LIST) == Problem(Code.LIST_TOO_MANY, LIST.key, {"count": 201, "limit": 200})
    assert parse_cell(written(2, 513), LIST) == Problem(
        Code.LIST_ITEM_TOO_LONG, LIST.key, {"length": 513, "limit": 512}
    )


@pytest.mark.parametrize("item", ["a\x00b", r"a\u0000b", r"a\u001bb", r"\ud800", "a\x9bb"])
def test_r9_control_characters_are_refused_in_items_however_they_are_written(item: str) -> None:
    problem = parse_cell(f'["{item}"]', LIST)
    assert isinstance(problem, Problem)
    assert problem.code is Code.CONTROL_CHARACTER


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("[1,2]", (1, 2)),
        ("[1,2.5]", (1, 2.5)),
        ("[ -1 , +2 ]", (-1, 2)),
        ("[1,1.0,01,2]", (1, 2)),
        ("[]", ()),
        ("[\u3000]", ()),
        ("[7]", (7,)),
    ],
)
def test_r15_a_list_of_numbers_holds_numbers_without_repeats(text: str, numbers: tuple[float, ...]) -> None:
    assert parse_cell(text, NUMBERS) == numbers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,2", Code.NUMBER_LIST_INVALID),
        ("[", Code.NUMBER_LIST_INVALID),
        ("[1", Code.NUMBER_LIST_INVALID),
        ("[1,]", Code.NUMBER_LIST_INVALID),
        ("[,]", Code.NUMBER_LIST_INVALID),
        ("[1,,2]", Code.NUMBER_LIST_INVALID),
        ('["1","2"]', Code.NUMBER_LIST_INVALID),
        ("[1,null]", Code.NUMBER_LIST_INVALID),
        ("[1,true]", Code.NUMBER_LIST_INVALID),
        ("[NaN]", Code.NUMBER_LIST_INVALID),
        ("[inf]", Code.NUMBER_LIST_INVALID),
        ("[[1]]", Code.NUMBER_LIST_INVALID),
        ("[１]", Code.NUMBER_LIST_INVALID),
        ("[1;2]", Code.NUMBER_LIST_INVALID),
        ("[" * 100_000, Code.NUMBER_LIST_INVALID),
        ("[8.21E+11]", Code.NUMBER_SHORTENED),
        ("[1234567890123456]", Code.NUMBER_TOO_LONG),
        ("[" + ",".join("1" * 201) + "]", Code.LIST_TOO_MANY),
    ],
)
def test_r15_anything_else_is_no_list_of_numbers(text: str, code: Code) -> None:
    problem = parse_cell(text, NUMBERS)
    assert isinstance(problem, Problem)
    assert problem.code is code


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('["기본/단계1", "고급/단계2"]', ("기본/단계1", "고급/단계2")),
        ("[“단골”]", ("단골",)),
        ('["VIP","vip"]', ("VIP", "vip")),
        ('["VIP","VIP"]', ("VIP",)),
        ('["a-b_c!@#%^&*()+=<>?,:;|~"]', ("a-b_c!@#%^&*()+=<>?,:;|~",)),
        (r'["a\"b"]', ('a"b',)),
        ("[]", ()),
        ('["' + "a" * 128 + '"]', ("a" * 128,)),
        ('["' + unicodedata.normalize("NFD", "단골") + '"]', ("단골",)),
        (r'["e\u0301"]', ("é",)),
    ],
)
def test_r16_tags_are_written_like_a_list(text: str, tags: tuple[str, ...]) -> None:
    assert parse_cell(text, TAG) == tags


@pytest.mark.parametrize("tag", ["", "/", "/a", "a/", "//", "a//b", "/a/b"])
def test_r16_no_level_is_empty(tag: str) -> None:
    assert parse_cell(f'["ok","{tag}"]', TAG) == Problem(Code.TAG_INVALID, TAGS, {"tag": tag})


def test_r16_a_tag_has_at_most_two_levels() -> None:
    assert parse_cell('["a/b/c"]', TAG) == Problem(Code.TAG_LEVELS, TAGS, {"tag": "a/b/c", "limit": 2})


def test_r16_a_tag_has_at_most_128_characters() -> None:
    text = '["' + "가" * 129 + '"]'
    assert parse_cell(text, TAG) == Problem(Code.TAG_TOO_LONG, TAGS, {"length": 129, "limit": 128})


WHITE = [chr(code) for code in range(0x3001) if chr(code).isspace()] + [
    "\u3164",
    "\ufeff",
    "\u200b",
    "\u1160",
    "\uffa0",
]


@pytest.mark.parametrize("char", [".", "$", *WHITE])
@pytest.mark.parametrize("shape", ["a{}b", "{}a", "a{}", "{}"])
def test_r16_a_tag_has_no_dot_dollar_or_white_space_of_any_kind(char: str, shape: str) -> None:
    tag = unicodedata.normalize("NFC", shape.format(char))
    assert parse_cell(f'["{tag}"]', TAG) == Problem(
        Code.TAG_CHARACTER, TAGS, {"tag": tag, "character": unicodedata.normalize("NFC", char)}
    )


@pytest.mark.parametrize("written", [r'["a\\b"]', r'["a\b/c."]', r'["a\d"]', "[“a\\b”]"])
def test_r16_a_tag_has_no_backslash(written: str) -> None:
    problem = parse_cell(written, TAG)
    assert isinstance(problem, Problem)
    assert problem.code in (Code.TAG_CHARACTER, Code.CONTROL_CHARACTER)


@pytest.mark.parametrize("tag", ["a\x00b", "a\x1bb", r"a\u0007b"])
def test_r9_a_tag_has_no_control_character(tag: str) -> None:
    problem = parse_cell(f'["{tag}"]', TAG)
    assert isinstance(problem, Problem)
    assert problem.code is Code.CONTROL_CHARACTER


@pytest.mark.parametrize("text", ["단골", "단골,신규", "[단골]", '["a",1]', "[" * 100_000])
def test_r16_what_is_no_list_is_no_tags(text: str) -> None:
    assert parse_cell(text, TAG) == Problem(Code.LIST_INVALID, TAGS)


def test_r16_more_than_20_tags_are_no_failure() -> None:
    tags = tuple(f"t{number}" for number in range(500))
    assert parse_cell("[" + ",".join(f'"{tag}"' for tag in tags) + "]", TAG) == tags
