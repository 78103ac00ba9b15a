"""A command that has answered lets what is missing of the indexes be made behind its back."""

from crm_tui.services import indexing


def test_a_process_indexes_after_a_command_what_is_missing_when_it_is_much(cli, sql, monkeypatch):
    started = []
    start = indexing.start
    monkeypatch.setattr(indexing, "start", lambda workspace: started.append(start(workspace)))
    assert cli("add", "--email", "kim@example.com", "--name", "김민준").code == 0
    monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 1)
    before = cli("contacts")
    assert [process is None for process in started] == [True, False]
    assert started[1].wait(60) == 0
    assert sql("SELECT part, last_id FROM search_part") == [(0, 1)]
    assert (cli("contacts", "민준").out, cli("contacts").out) == (before.out, before.out)
    assert started[2:] == [None, None]
