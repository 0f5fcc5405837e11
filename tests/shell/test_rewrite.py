"""Which streams of which commands are marked."""

import pytest

from tutor.shell.rewrite import rewrite
from tutor.shell.scanner import scan


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("ls", "ls"),
        ("ls | wc", "__out= ls | __in= wc"),
        ("ls 2>&1 | wc", "__out= __err= ls 2>&1 | __in= wc"),
        ("ls |& wc", "__out= __err= ls |& __in= wc"),
        ("ls &> f; ls 2> f", "__out= __err= ls &> f; __err= ls 2> f"),
        ("for i in 1; do ls; done 2> f", "for i in 1; do __err= ls; done 2> f"),
        ("x=$(ls | wc)", "x=$(__out= ls | __in= __out= wc)"),
        ('echo "a $(ls)"', 'echo "a $(__out= ls)"'),
        ("ls > f; cat < f", "__out= ls > f; __in= cat < f"),
        ("cat <<EOF\nls | x\nEOF", "__in= cat <<EOF\nls | x\nEOF"),
        ("for i in 1; do ls; done | wc", "for i in 1; do __out= ls; done | __in= wc"),
        ("f() { read x; }; f", "f() { read x; }; f"),
        ("read -p 'a b' x", "read -p 'a b' x < <(__typed read -p 'a b' x)"),
        ("read -t 3 x", "{ read -t 3 x < <(__typed read -t 3 x) || __late; }"),
        ("grep a; grep a f", "grep a < <(__typed ); grep a f"),
        ("! ls | wc", "! __out= ls | __in= wc"),
        ("A=1 ls | wc", "__out= A=1 ls | __in= wc"),
        ("case x in x) ls;; esac | wc", "case x in x) __out= ls;; esac | __in= wc"),
        ("echo $0 \"${0##*/}\" '$0' $01", "echo ${__zero} \"${__zero##*/}\" '$0' ${__zero}1"),
        ("echo 'ls | wc' # ls | wc", "echo 'ls | wc' # ls | wc"),
        ("awk 'BEGIN {print 1}'", "__in= awk 'BEGIN {print 1}'"),
        ("awk 'function f(x) {x} BEGIN {f(1)}'", "__in= awk 'function f(x) {x} BEGIN {f(1)}'"),
        ("awk 'END {print 1}'", "__in= awk 'END {print 1}' < <(__typed )"),
    ],
)
def test_marks(text, rewritten):
    assert rewrite(text, scan(text)) == rewritten


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("rm a; ls", "rm a 2>&1; ls"),
        ("rm a | wc; x=$(rm a)", "__out= rm a | __in= wc; x=$(__out= rm a)"),
        ("rm a 2> f", "__err= rm a 2> f"),
        ("if cd a; then rm a; fi", "if cd a 2>&1; then rm a 2>&1; fi"),
        ("f() { rm a; }", "f() { rm a; }"),
        ("ls | wc; ls", "__out= ls | __in= wc; ls"),
        ("a; ls | wc", 'a; __drain "$?"; __out= ls | __in= wc'),
        ("a; x=$(ls; ls)", 'a; __drain "$?"; x=$(__out= ls; __out= ls)'),
        ("for i in 1; do a; ls > f; done", 'for i in 1; do a; __drain "$?"; __out= ls > f; done'),
        ("{ a; ls | wc; } > f", "{ __out= a; __out= ls | __in= __out= wc; } > f"),
        ("set -e; a; ls | wc", "set -e; a; __out= ls | __in= wc"),
        ("ls | rm $(a)", "__out= ls | __in= rm $(__in= __out= a </dev/null) 2>&1"),
        ("ls | rm $(a | wc)", "__out= ls | __in= rm $(__in= __out= a </dev/null | __in= __out= wc) 2>&1"),
    ],
)
def test_the_interpreters_own_commands_keep_their_errors_in_order(text, rewritten):
    assert rewrite(text, scan(text), {"rm"}) == rewritten


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("sleep 1 &", ["sleep 1 "]),
        ("a & b | c & d", ["a ", "b | c "]),
        ("(a &); f() { b & }", []),
        ("a && b &", ["a && b "]),
    ],
)
def test_background_lists(text, jobs):
    assert [text[start:end] for start, end in scan(text).background] == jobs
