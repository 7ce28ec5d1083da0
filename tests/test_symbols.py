"""Every op of the engine has one symbol, in its row, that fits where the pictures write it."""

import json

from engine.ops import OPS
from engine.symbols import module
from tests.test_javascript import ROOT, node

TOLD = """
const { opSymbol } = await import('./static/js/state/symbols.js');
const { badgeText } = await import('./static/js/state/signs.js');
const { estimate } = await import('./static/js/stage/text.js');
const told = JSON.parse(process.argv[1]).map((op) => {
  const badge = badgeText({ op, inputs: [0, 1], settings: {} });
  return { op, symbol: opSymbol(op), badge, width: estimate(badge, 'label') };
});
console.log(JSON.stringify(told));
"""
WIDEST_BADGE = 69


def test_no_symbol_is_empty_cut_or_wide():
    answer = node("--input-type=module", "-e", TOLD, json.dumps(sorted(OPS)))
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert [row["op"] for row in told] == sorted(OPS)
    for row in told:
        assert row["symbol"].strip() and row["badge"].strip(), row
        assert len(row["symbol"]) <= 9, row
        assert not (len(row["symbol"]) > 4 and row["symbol"].endswith("…")), row
        assert row["width"] <= WIDEST_BADGE, row


def test_the_page_has_the_symbols_of_the_rows():
    written = (ROOT / "static/js/state/op-symbols.js").read_text(encoding="utf-8")
    assert written == module(), "run: python -m engine.symbols > static/js/state/op-symbols.js"
    answer = node("--input-type=module", "-e", TOLD, json.dumps(sorted(OPS)))
    assert {row["op"]: row["symbol"] for row in json.loads(answer.stdout)} == {
        name: op.symbol for name, op in OPS.items()
    }
