"""The language is Python's: every program here prints what CPython prints."""

from __future__ import annotations

import contextlib
import io
import warnings

import pytest

from tests.program.trace import printed

PROGRAMS = {
    "arithmetic": "print(7 // 2, -7 // 2, 7 % -3, 2 ** 10, 2 ** -1, 7 / 2, 1e3, -3 ** 2, 0.1 + 0.2, 10 ** 20)",
    "bits": "print(5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, 1024 >> 3, True & False, True + True)",
    "comparison": "print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 'a' < 'b', [1, 2] < [1, 3], (1,) == (1,), 1 != 2, None is None)",
    "boolean": "print(0 or 3, 0 and 3, not [], 1 and 2 and 3, '' or 'x', None or False)",
    "conditional": "x = 3\nprint('odd' if x % 2 else 'even')",
    "strings": "print('a' + 'b', 'ab' * 3, 'hello'[1:4], 'hello'[::-1], 'l' in 'hello', len('你好'), 'a,b'.split(','))",
    "string methods": "print(' x '.strip(), 'Ab'.upper(), 'Ab'.lower(), 'abc'.find('c'), '-'.join(['a', 'b']), 'aXb'.replace('X', '-'))",
    "padding": "print('x'.ljust(3) + '|', 'x'.rjust(3), 'x'.center(5, '*'), '7'.zfill(3))",
    "f-strings": "x = 3.14159\nprint(f'{x:.2f} {x:8.3f}| {x:<8.1f}| {x:e} {5:03d} {1234567:,} {0.5:.0%} {\"a\"!r:>5} {x=:.1f} {{}}')",
    "format": "print(format(3.14159, '.3f'), format(255, 'x'), format('a', '>4'))",
    "lists": "a = [3, 1, 2]\na.append(4)\na.sort()\nb = a[:]\nb.reverse()\na.extend([9])\na.insert(0, 7)\nprint(a, b, a.pop(), a.index(3), a.count(1), len(a), [1] + [2], [0] * 3)",
    "slices": "a = list(range(10))\na[2:4] = [7, 7, 7]\ndel a[0]\nprint(a, a[-3:], a[::3], a[::-2])",
    "nested": "m = [[0] * 3 for _ in range(2)]\nm[1][2] = 5\nprint(m, m[1][-1])",
    "self-containing": "a = [1]\na.append(a)\nprint(a)",
    "tuples": "t = 1, 2, 3\na, *b = t\n(c, d), e = (1, 2), 3\nprint(t, a, b, c, d, e, t + (4,), (1,), ())",
    "star in the middle": "a, *b, c = range(5)\nprint(a, b, c, [*b, *'xy'], (*b,))",
    "swap": "a, b = 1, 2\na, b = b, a\nprint(a, b)",
    "dicts": "d = {'a': 1, **{'b': 2}}\nd['c'] = 3\nd['a'] += 10\ndel d['b']\nprint(d, 'a' in d, list(d), list(d.items()), d.get('z', 0), d.pop('c'), len(d), d.keys(), d.values())",
    "dict update": "d = dict(a=1)\nd.update({'b': 2})\nd.setdefault('c', []).append(1)\nprint(d, dict([('x', 1)]), {1: 2} == {1: 2.0})",
    "augmented": "x = 5\nx += 2; x -= 1; x *= 3; x /= 2; x **= 2; x //= 2; x %= 7\na = [1]\nb = a\nb += [2]\nprint(x, a)",
    "chained": "a = b = [1]\na.append(2)\nprint(b, a is b)",
    "loops": "for i in range(3):\n    for j in range(3):\n        if j == 1:\n            continue\n        if i == 2:\n            break\n        print(i, j)\nelse:\n    print('end')",
    "while": "n = 5\nwhile n:\n    n -= 1\n    if n == 2:\n        break\nelse:\n    print('no')\nprint(n)",
    "for else": "for i in []:\n    pass\nelse:\n    print('else')",
    "enumerate, zip": "for i, (a, b) in enumerate(zip('abc', [1, 2]), 1):\n    print(i, a, b)",
    "comprehensions": "print([i * j for i in range(3) for j in range(i) if j % 2 == 0], {k: v for k, v in zip('ab', (1, 2))}, sum(i * i for i in range(4)))",
    "comprehension scope": "i = 'kept'\nsquares = [i * i for i in range(3)]\nprint(i, squares, [[j for j in range(k)] for k in range(3)])",
    "generators": "g = (i for i in range(5))\nprint(next(g), next(g), list(g), next(g, 'none'), any(i > 2 for i in range(9)))",
    "late closures": "fs = [lambda: i for i in range(3)]\nprint([f() for f in fs], [f(2) for f in [lambda x, k=k: x * k for k in range(3)]])",
    "functions": "def f(a, b=2, *rest, c, d=4, **more):\n    return a, b, rest, c, d, more\nprint(f(1, c=3), f(1, 5, 6, 7, c=8, z=9), f(*[1, 2], **{'c': 3}))",
    "positional only": "def f(a, /, b, *, c=1):\n    return a + b + c\nprint(f(1, 2), f(1, b=2, c=3))",
    "recursion": "def fact(n):\n    return 1 if n <= 1 else n * fact(n - 1)\nprint(fact(20), [fact(i) for i in range(5)])",
    "nonlocal, global": "count = 0\ndef outer():\n    n = 0\n    def inner():\n        nonlocal n\n        global count\n        n += 1\n        count += 1\n        return n\n    inner()\n    return inner()\nprint(outer(), count)",
    "defaults are made once": "def f(x, acc=[]):\n    acc.append(x)\n    return acc\nf(1)\nprint(f(2))",
    "returning nothing": "def f():\n    return\ndef g():\n    pass\nprint(f(), g())",
    "lambda": "print((lambda *a, **k: (a, k))(1, x=2), sorted(['bb', 'a'], key=lambda s: len(s)))",
    "sorting": "print(sorted([3, 1, 2], reverse=True), sorted('hello'), sorted([(1, 'b'), (1, 'a'), (0, 'z')]), sorted([-3, 2], key=abs))",
    "min, max, sum": "print(min(3, 1), max([1, 5, 2]), max('abc', key=lambda c: -ord_of[c]) if False else min([], default=0), sum([1.5, 2], 1), sum([[1], [2]], []))",
    "numbers": "print(round(2.567, 2), round(2.5), round(3.5), round(-2.567), abs(-3), int('12'), int(3.9), int(-3.9), float('1e3'), divmod(7, 2), pow(2, 5), bool(''), bool(0.0))",
    "number text": "print(1e16, 1e15, 1e-5, 0.0001, 1.0, 1e22, float('inf'), -float('inf'), float('nan'), 3.0e-10, 123456789012345678)",
    "map, filter": "print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, 2])), list(reversed([1, 2])), all([]))",
    "print": "print(1, 2, sep='-', end='!')\nprint()\nprint('a\\nb', [1.0, 'x', None, True])",
    "types": "print(type(3), type(3.0), type('a'), type([]), type(None) is None, isinstance(True, int), isinstance(3, (str, float)), type(3) == int)",
    "math": "import math\nfrom math import pi, sqrt\nprint(pi, sqrt(2), math.exp(1), math.log(8, 2), math.floor(-2.5), math.factorial(10), math.gcd(12, 18), math.isclose(0.1 + 0.2, 0.3), math.inf, math.prod([1, 2, 3]))",
    "try": "try:\n    [1][5]\nexcept (KeyError, IndexError) as e:\n    print('caught', e)\nelse:\n    print('no')\nfinally:\n    print('finally')",
    "raise": "def f(x):\n    if x < 0:\n        raise ValueError('negative', )\n    return x\ntry:\n    f(-1)\nexcept ValueError as error:\n    print(type(error), error, [error])\nprint(f(1))",
    "reraise": "try:\n    try:\n        1 / 0\n    except ZeroDivisionError:\n        raise\nexcept ArithmeticError as e:\n    print('outer', e)",
    "finally after return": "def f():\n    try:\n        return 1\n    finally:\n        print('f')\nprint(f())",
    "finally on error": "def f():\n    try:\n        {}['k']\n    finally:\n        print('cleaned')\ntry:\n    f()\nexcept KeyError as e:\n    print(e)",
    "break in finally loop": "for i in range(3):\n    try:\n        if i == 1:\n            break\n    finally:\n        print('i', i)",
    "assert": "assert True, 'x'\ntry:\n    assert 1 == 2, 'sum'\nexcept AssertionError as e:\n    print(e)",
    "walrus": "data = [1, 2, 3]\nif (n := len(data)) > 2:\n    print(n, [y for x in data if (y := x * 2) > 2], y)",
    "annotations": "x: int = 3\ndef f(a: int, b: str = 'x') -> int:\n    y: float\n    return a\nprint(x, f(3))",
    "docstring": "def f():\n    'says'\n    return 1\n'a string'\nprint(f())",
    "main": "if __name__ == '__main__':\n    print('main')",
    "del": "x = [1, 2, 3]\ndel x[0], x[-1]\ny = 3\ndel y\ntry:\n    y\nexcept NameError as e:\n    print(x, e)",
    "unicode names": "名字 = 3\nｘ = 4\nprint(名字 + x)",
    "in": "print(3 in [1, 2, 3], 3 not in (1,), 'k' in {'k': 1}, 5 in range(0, 10, 5), [1] in [[1]])",
    "identity": "a = [1]\nb = [1]\nprint(a == b, a is b, a is not b)",
    "range": "r = range(2, 10, 3)\nprint(list(r), len(r), r[1], r[-1], r, range(3) == range(0, 3), list(range(5, 0, -2)))",
    "operators on containers": "print([1, 2] * 2, 2 * (1,), [1] + [2], (1, 2) < (1, 3), {'a': 1} | {'b': 2})",
    "iteration changes": "a = [1, 2, 3]\nfor x in a:\n    if len(a) < 6:\n        a.append(x * 10)\nprint(a)",
    "global in comprehension": "total = 0\ndef f():\n    global total\n    total = sum(k for k in range(4))\nf()\nprint(total)",
    "string escapes": "print('a\\tb', r'a\\tb', 'it\\'s', \"q\", '''three\nlines''', repr('a\\n'), repr(\"it's\"))",
    "semicolons and continuation": "x = 1; y = 2\nz = x + \\\n    y\nw = (x +\n     y)\nprint(z, w)",
    "special methods": "class A:\n    k = 3\n    def __init__(self, n): self._n = n\n    def __len__(self): return self._n\n    def __getitem__(self, i):\n        if i >= self._n: raise IndexError('end')\n        return i * 2\n    def __add__(self, o): return A(self._n + (o._n if isinstance(o, A) else o))\n    __radd__ = __add__\n    def __repr__(self): return f'A({self._n})'\n    @property\n    def n(self): return self._n\n    @n.setter\n    def n(self, v): self._n = v\n    @classmethod\n    def make(cls, n): return cls(n)\n    @staticmethod\n    def s(x): return x\n    def __eq__(self, o): return self._n == o._n\n    def __call__(self, x): return x + self._n\n    def __enter__(self): return self\n    def __exit__(self, *a): print('exit', a[0] is None); return True\na = A(3)\nprint(a, [a], len(a), list(a), a[1], a + 1, 1 + a, sum([a, a]), a.n, A.make(4), A.s(5), a == A(3), a != A(3), a(10), str(a), f'{a}')\na.n = 7\nprint(a, getattr(a, 'n'), hasattr(a, 'zz'), getattr(a, 'zz', 4), type(a).__name__, a.__class__.__name__, bool(a))\nwith a as b:\n    print(b); 1 / 0\nsetattr(a, 'foo', 3); print(a.foo, '%d %5.2f|%s|%-4d|%04d %%' % (3, 2.5, a, 7, 42), id(a) == id(b))\n",
    "decorators": "def deco(f):\n    def w(*x): print('call', f.__name__); return f(*x)\n    return w\n@deco\ndef g(x): return x * 2\nprint(g(3))\n",
    "a class decorated": "def add(to):\n    def wrapper(f):\n        setattr(to, f.__name__, f)\n    return wrapper\nclass A: pass\n@add(A)\ndef hello(self): print('hello', self.x)\na = A()\na.x = 3\na.hello()\ndef mark(c):\n    c.marked = True\n    return c\n@mark\nclass B: pass\nprint(B().marked, hasattr(A(), 'x'), getattr(a, 'x'))",
    "an iterator of one's own": "class C:\n    def __init__(self, n): self.n = n\n    def __iter__(self): return self\n    def __next__(self):\n        if not self.n: raise StopIteration\n        self.n -= 1\n        return self.n\n    def __contains__(self, x): return x == 7\n    def __bool__(self): return self.n > 1\nprint(list(C(3)), 7 in C(1), 8 in C(1), bool(C(1)), next(C(2)), [x for x in C(2)], max(C(5)), dict(enumerate(C(2))))\nclass G:\n    def __iter__(self):\n        for i in range(2):\n            yield i\na, b = G()\nprint(a, b, *G())",
    "operators of objects": "class V:\n    def __init__(self, x): self.x = x\n    def __sub__(self, o): return NotImplemented if isinstance(o, str) else V(self.x - o)\n    def __rsub__(self, o): return V(o - self.x)\n    def __neg__(self): return V(-self.x)\n    def __imul__(self, o):\n        self.x *= o\n        return self\n    def __lt__(self, o): return self.x < o.x\n    def __matmul__(self, o): return 'mat'\n    def __setitem__(self, k, v): self.x = (k, v)\n    def __delitem__(self, k): print('del', k)\n    def __float__(self): return 1.5\n    def __abs__(self): return 9\n    def __str__(self): return f'V{self.x}'\nv = V(3)\nw = v\nw *= 2\nprint(v - 1, 10 - v, -v, v @ v, sorted([V(3), V(1)])[0], float(v), abs(v), V(1) > V(0), v is w)\nv['a'] = 4\ndel v[1]\nprint(v, '%s|%r' % (v, 'q'))\ntry:\n    v - 'a'\nexcept TypeError as e:\n    print(e)",
    "percent": "print('%d, %5d] loss: %.3f' % (1, 20, 0.12345), '%s' % [1], '%-5s|%05.1f|%x|%e|%g|%+d|%%' % ('a', 2.55, 255, 1.5, 0.0001, 3), '%(a)s' % {'a': 1})",
    "patterns over texts": r"""import re
print(re.sub(r'[^a-z]+', ' ', 'Hello, World! 12'.lower()).strip(), re.findall(r"[\w']+|[.,!?;]", "Don't stop, now!"))
m = re.match(r'(?P<k>\w+)=(\d+)(x)?', 'lr=10')
print(m, m.group(), m.group(1), m['k'], m[2], m.group(1, 2), m.groups(), m.groups('none'), m.groupdict(), m.span(2), m.span(3), m.start(), m.end('k'), m.lastindex, m.lastgroup)
print(m.re.pattern, m.string, m.pos, m.endpos, m.expand(r'\2:\g<k>'), bool(m), re.match('b', 'a'), re.fullmatch('a|ab', 'ab'), re.search('', ''))
print(re.split(r'(\s+)', 'a b  c'), re.split('x*', 'axbc'), re.split(',', 'a,b,c', maxsplit=1), re.split('(a)|b', 'cabd'), re.split('b', 'a', -1))
print(re.sub(r'(\w)(\w)', r'\2\1', 'abcd'), re.sub('x*', '-', 'abxc'), re.subn('a', 'b', 'aaa', count=2), re.sub('(a)|b', r'[\1]', 'ab'), re.sub('a', r'\\\n\.\101\0', 'a'))
print(re.sub(r'\d+', lambda m: str(int(m.group()) * 2), 'a1b22'), re.findall('(a)(b)?', 'aba'), re.findall('a(b)', 'abab'), re.findall('', 'ab'))
print([(m.start(), m.group(1)) for m in re.finditer('a(b)?', 'abaab')], len(list(re.finditer('a', ''))))
p = re.compile(r'(?P<w>[a-z]+)', re.I | re.M)
print(p, p.pattern, p.flags, p.groups, dict(p.groupindex), p.findall('Ab cD'), p.match('1ab', 1), p.search('ab cd', 2, 4).group(), p.sub('.', 'a b'), p.split('1a2'), re.findall(p, 'x'))
print(re.escape('a.b*c[d] e-f'), type(m), type(p), isinstance(m, re.Match), isinstance(p, re.Pattern), re.compile('a'), re.compile("it's" * 60))
tokens = re.compile(r'''(?P<number>\d+(\.\d*)?) | (?P<name>[a-z]\w*)   # what there is
  | (?P<op>[-+*/=()])''', re.X)
print([(t.lastgroup, t.group()) for t in tokens.finditer('y = 3.5*x + (2 - b1)')])
for text in ('[a', 'a)', '*', r'\q', '(?P<a>b)(?P<a>c)'):
    try: re.compile(text)
    except re.error as e: print(e)
for act in (lambda: re.sub('a', r'\2', 'a'), lambda: re.sub('a', r'\g<b>', 'a'), lambda: m.group(7), lambda: m['z'], lambda: re.match(1, 'a'), lambda: re.compile(p, re.I), lambda: re.sub('a', r'\q', 'a'), lambda: re.sub('a', r'\g<', 'a'), lambda: re.sub('a', r'\777', 'a')):
    try: act()
    except (re.error, IndexError, TypeError, ValueError) as e: print('error' if isinstance(e, re.error) else type(e).__name__, e)  # Python 3.13 calls it PatternError
try: re.findall('a', 3)
except TypeError as e: print(str(e)[:34])
print(re.sub(r'\s+', ' ', 'a \t\n b'), re.sub(r'(?m)^\s*#.*\n?', '', '# a\nb\n'), re.sub('a', 'b', 'aa', -1), re.sub('é', 'e', 'É', flags=re.I))""",
    "errors of one's own": """class Stop(Exception): pass
class Bad(ValueError):
    'with words of its own'
    def __init__(self, what, code=3):
        super().__init__(f'bad {what}')
        self.code = code
class Worse(Bad):
    def __str__(self): return f'worse: {self.code}'
class Bare(RuntimeError):
    def __init__(self, n): self.n = n
for act in (lambda: Stop(), lambda: Stop('why'), lambda: Stop('a', 2), lambda: Bad('x'), lambda: Worse('y', code=5), lambda: Bare(4)):
    try: raise act()
    except Bad as e: print('bad', e, e.code, e.args, isinstance(e, ValueError), isinstance(e, Worse), isinstance(e, KeyError), type(e).__name__)
    except (Stop, Bare) as e: print(type(e).__name__, repr(e), str(e), e.args, f'{e}', isinstance(e, Exception))
try: raise Stop
except Exception as e: print(type(e) is Stop, repr(e))
try:
    try: raise Worse('z')
    except ValueError as e:
        print('again', e)
        raise
except Stop: print('no')
except Worse as e: print('outer', e)
try:
    try: 1 / 0
    except ZeroDivisionError as e: raise Stop('from') from e
except Stop as e: print(e)
try: raise ValueError('plain')
except Bad: print('no')
except ValueError as e: print(e)
class Guard:
    def __enter__(self): return self
    def __exit__(self, kind, value, trace):
        print(kind.__name__ if kind else kind, value)
        return kind is Stop
with Guard(): raise Stop('held')
try:
    with Guard(): raise Bad('free')
except Bad as e: print(e.code)
class Loop:
    def run(self):
        try:
            for i in range(5):
                if i == 2: raise Stop()
                print(i)
        except Stop: print('stopped')
        finally: print('done')
Loop().run()
try: Stop(a=1)
except TypeError as e: print('no keywords')
try: raise 3
except TypeError as e: print(e)
print('I am here'.startswith(('i am', 'I am')), 'net.bias'.endswith(('.weight', '.bias')), 'a'.startswith(()))""",
    "signs as functions": "import operator\nfrom operator import itemgetter, attrgetter, mul\nfrom functools import reduce\nprint(reduce(mul, [1, 2, 3, 4]), operator.add('a', 'b'), operator.truediv(3, 2), operator.lt(1, 2), operator.is_(None, None), operator.contains([1], 1), operator.getitem([5, 6], 1))\nprint(sorted({'a': 2, 'b': 1}.items(), key=itemgetter(1)), itemgetter(0, 2)('xyz'), max([(1, 'b'), (0, 'z')], key=operator.itemgetter(1)))\nclass A:\n    def __init__(self, order): self.order = order; self.b = self\n    def hi(self, n, k=1): return self.order + n + k\nprint([x.order for x in sorted([A(2), A(1)], key=attrgetter('order'))], attrgetter('b.b.order')(A(7)), attrgetter('order', 'b.order')(A(3)), operator.methodcaller('hi', 2, k=5)(A(1)), operator.methodcaller('upper')('ab'))\nfor act in (lambda: attrgetter('x')(A(1)), lambda: itemgetter(9)([1]), lambda: operator.add(1, 'a')):\n    try: act()\n    except (AttributeError, IndexError, TypeError) as e: print(type(e).__name__, e)",
    "accents": "import unicodedata, string\nletters = string.ascii_letters + ' .,;'\ndef plain(s):\n    return ''.join(c for c in unicodedata.normalize('NFD', s) if unicodedata.category(c) != 'Mn' and c in letters)\nprint(plain('Ślusàrski'), plain(\"O'Néàl\"), unicodedata.category('A'), unicodedata.category('1'), len(unicodedata.normalize('NFC', 'e\\u0301')), unicodedata.combining('\\u0301'))\nfor act in (lambda: unicodedata.normalize('NFX', 'a'),):\n    try: act()\n    except ValueError as e: print(e)",
    "signs and numbers": "print(chr(97), ord('a'), [chr(ord('a') + i) for i in range(3)], chr(0x4f60), ord('你'), hex(255), bin(5), oct(8), hex(-3), {i: c for i, c in enumerate(map(chr, range(97, 100)))})\nfor act in (lambda: chr(-1), lambda: chr(0x110000), lambda: ord('ab'), lambda: ord(3), lambda: chr('a')):\n    try: act()\n    except (ValueError, TypeError) as e: print(type(e).__name__, e)",
    "attributes as a class sets them": "class M:\n    def __init__(self, n):\n        self._all = {}\n        self.l1 = n\n        self.l2 = n + 1\n    def __setattr__(self, k, v):\n        if not k.startswith('_'): self._all[k] = v\n        super().__setattr__(k, v)\n    def __repr__(self): return f'{self._all}'\nm = M(3)\nm.l1 += 5\nsetattr(m, 'x', [1])\nprint(m, m.l1, m.x)\nclass Fixed:\n    def __setattr__(self, k, v): raise AttributeError(f'{k} is fixed')\ntry: Fixed().a = 1\nexcept AttributeError as e: print(e)\nclass N(M):\n    def __setattr__(self, k, v):\n        super().__setattr__(k, v)\n        print('set', k)\nn = N(1)\nprint(n)",
    "numpy numbers in percent": "import numpy as np\nprint('%.2f|%d|%s|%5.1f' % (np.mean([1., 2.]), np.int64(3), np.float64(1.5), np.float32(2)), '%.3f' % np.float64(2), '%.2f' % np.mean(np.array([1, 2]) == 1))\nprint(np.bincount(np.array([0, 2, 2])), np.bincount(np.array([1]), minlength=4), [i for i in np.ndindex(2, 2)], list(np.ndindex((2, 1))), f\"{np.linalg.norm(np.ones((2, 2)), ord='fro'):.2f}\")",
    "random": "import random\nrandom.seed(7)\na = [1, 2, 3, 4]\nrandom.shuffle(a)\nprint(a, random.random(), random.randint(1, 9), random.uniform(-1, 1), random.choice('abc'), random.gauss(0, 1), random.sample(range(9), 3), random.choices([1, 2], k=3), random.randrange(0, 10, 2))\nrandom.seed('x')\nprint(random.random())",
    "counters": "from collections import Counter, defaultdict, OrderedDict\nimport collections\nc = Counter('abracadabra')\nprint(c, c['a'], c['z'], c.most_common(2), sorted(c.elements())[:3], len(c), sum(c.values()))\nc.update('zzz')\nprint(c['z'], dict(Counter([1, 1, 2])), isinstance(c, Counter))\nd = defaultdict(list)\nd['a'].append(1)\nd['b']\nprint(d, dict(d), collections.defaultdict(int)['q'], 'c' in d, sorted(d.items()))\no = OrderedDict([('x', 1), ('y', 2)])\no.move_to_end('x')\no['w'] = 3\nprint(list(o.items()), list(o), o == {'y': 2, 'x': 1, 'w': 3}, OrderedDict())\nfor k, v in o.items():\n    print(k, v)",
    "queues": "from collections import deque\nq = deque([1, 2, 3], maxlen=3)\nq.append(4)\nq.appendleft(0)\nprint(q, len(q), q[0], q[-1], list(q), q.popleft(), q.pop(), bool(deque()), deque('ab'))",
    "named tuples": "from collections import namedtuple\nP = namedtuple('P', ['x', 'y'])\np = P(1, y=2)\nprint(p._replace(y=5), p._asdict(), p._fields, p.index(2), p.count(1), p + (3,), (0,) + p, p * 2, 2 in p)\ntry: p._replace(z=1)\nexcept (TypeError, ValueError): print('no')\na, b = p\nprint(p, p.x, p[1], a, b, p == (1, 2), len(p), P(*[3, 4]), [*p], p[:1], {p: 1}[P(1, 2)])\nQ = namedtuple('Q', 'a b')\nprint(Q(b=1, a=2))",
    "functools": "import functools\nfrom functools import partial, reduce\ndef f(a, b=1, *, c=2): return a, b, c\ng = partial(f, 5, c=9)\nprint(g(), g(6), reduce(lambda a, b: a + b, [1, 2, 3]), reduce(max, [3, 9, 2], 4))\ndef logged(fn):\n    @functools.wraps(fn)\n    def inner(*a, **k): return fn(*a, **k)\n    return inner\n@logged\ndef h(x): return x\nprint(h(3), h.__name__)\n@functools.lru_cache(maxsize=None)\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(10))",
    "caches": "import functools\n@functools.lru_cache\ndef f(a, b=2):\n    print('ran', a, b)\n    return a + b\nprint(f(1), f(1), f(1.0), f(1, b=2), f(2), f.__name__)\nclass A:\n    @functools.cache\n    def m(self, k):\n        print('m', k)\n        return None\na = A()\na.m(1), a.m(1), A().m(1), a.m(k=1)\n@functools.lru_cache(maxsize=2)\ndef g(a): print('g', a)\nfor v in (1, 2, 1, 3, 1, 2): g(v)\n@functools.lru_cache(0)\ndef h(a): print('h', a)\nh(1), h(1)\n@functools.lru_cache(None)\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(30))\nfor act in (lambda: f([1]), lambda: functools.lru_cache('a')):\n    try: act()\n    except TypeError as e: print(e)",
    "itertools": "import itertools as it\nprint(list(it.product([1, 2], 'ab')), list(it.product([0, 1], repeat=2)), list(it.combinations([1, 2, 3], 2)), list(it.permutations([1, 2, 3], 2)), list(it.chain([1], (2,))), list(it.islice(it.count(3, 2), 3)), list(it.islice([1, 2, 3, 4, 5], 1, 5, 2)), list(it.accumulate([1, 2, 3])), list(it.pairwise('abc')), list(it.zip_longest([1], [2, 3], fillvalue=0)), list(it.islice(it.cycle('ab'), 5)), list(it.repeat(7, 2)))",
    "copies": "import copy\na = [1, [2, 3], {'k': [4]}]\nb = copy.deepcopy(a)\nc = copy.copy(a)\na[1].append(9)\na[2]['k'].append(5)\nprint(a, b, c)\nclass N:\n    def __init__(self): self.items = [1]\nn = N()\nm = copy.deepcopy(n)\nm.items.append(2)\nn.me = n\nk = copy.deepcopy(n)\nprint(n.items, m.items, k.me is k)",
    "dataclasses": "from dataclasses import dataclass, field\nfrom typing import List, Optional\n@dataclass\nclass C:\n    lr: float\n    name: str = 'net'\n    sizes: List[int] = field(default_factory=list)\n    def __post_init__(self): self.twice = self.lr * 2\n    def show(self): return f'{self.name}: {self.lr}'\nc = C(0.5, sizes=[1])\nprint(c, c.show(), c == C(0.5, 'net', [1]), c == C(0.1), C(1).sizes, c.twice)\nd: Optional[int] = None\ntry:\n    C()\nexcept TypeError as e:\n    print(e)",
    "dataclass options": """from dataclasses import dataclass, field, FrozenInstanceError
@dataclass(frozen=True, order=True)
class P:
    x: int
    y: float = 1.5
    z: int = field(default=3, compare=False, repr=False)
p, q = P(1), P(1, 2.0, z=9)
print(p, p < q, q >= p, p == P(1, z=4), sorted([q, p]), max(p, q), p != q)
for act in (lambda: setattr(p, 'x', 2), lambda: p < 3, lambda: P(), lambda: P(1, 2, 3, 4), lambda: P(1, x=2), lambda: P(w=1)):
    try: act()
    except FrozenInstanceError as e: print(type(e).__name__, isinstance(e, AttributeError), e, p)
    except TypeError as e: print(e)
try: p.x = 5
except AttributeError as e: print(e)
try: del p.x
except AttributeError as e: print(e)
@dataclass(frozen=True)
class R(P):
    w: int = 0
print(R(1, w=2))
@dataclass(eq=False, repr=False, kw_only=True)
class K:
    a: int
    b: list = field(default_factory=list)
    c: int = field(init=False, default=7)
    def __repr__(self): return f'K{self.a, self.b, self.c}'
print(K(a=1), K(a=1) == K(a=1), K(a=1, b=[2]).b)
for text, act in (('kw', lambda: K(1)), ('missing', lambda: K()), ('c', lambda: K(a=1, c=2))):
    try: act()
    except TypeError as e: print(text, e)
@dataclass
class Q:
    a: int
try: {Q(1): 2}
except TypeError as e: print(e)
def one():
    @dataclass
    class A:
        a: list = []
def two():
    @dataclass
    class A:
        a: int = 1
        b: int
def three():
    @dataclass(order=True, eq=False)
    class A:
        a: int
def four():
    @dataclass
    class A(P):
        b: int = 0
def five():
    @dataclass(order=True)
    class A:
        a: int
        def __lt__(self, other): return True
def six():
    @dataclass(frozen=True)
    class A(Q):
        b: int = 0
for act in (one, two, three, four, five, six):
    try: act()
    except (TypeError, ValueError) as e: print(type(e).__name__, str(e).removesuffix(" 'a'").replace('.', ''))  # Python 3.13 adds a name and leaves a stop out
@dataclass(order=True)
class S(Q):
    def __post_init__(self): self.a *= 2
print(S(2), S(2) > S(1), S(1) == Q(2), [s.a for s in sorted([S(3), S(1)])], S.a if hasattr(S, 'a') else 'no')""",
    "numpy arrays": "import numpy as np\na = np.array([[1, 2, 3], [4, 5, 6]])\nprint(a, a.shape, a.dtype, a.T, a.sum(), a.mean(axis=0), a[1, 2], a[:, 1], a[a > 2], len(a), a.ndim, a.size)\nb = a * 2.5 + 1\nb[0] = 7\nb[b > 10] = 0\nprint(b, b.astype(int), a @ a.T, -a, a ** 2, 10 - a, a / 2, a // 2, a % 2, a == 2)\nprint([a.max(), np.float64(0.5)], a.tolist(), a.reshape(3, 2), a.reshape(-1), a.flatten(), type(a), float(a[0, 0]), int(a[0, 1]), f'{a.mean():.2f}', repr(a[0]))\nfor row in a:\n    print(row)\nc = a\nc += 1\nprint(a, a is c, sum(a[0]), max(a[0]), abs(np.array([-1.5])))",
    "numpy functions": "import numpy as np\nimport numpy\nx = np.linspace(0, 1, 5)\nprint(np.zeros(3), np.ones((2, 2)), np.arange(0, 1, 0.25), x, np.eye(2), np.full((2,), 7), np.exp(x), np.sqrt(x), np.sin(np.pi / 2), np.e, np.where(x > 0.5, 1, 0), np.concatenate([x, x[:1]]), np.stack([x, x]).shape, np.vstack([x, x]).shape, np.dot(x, x), np.outer([1, 2], [3, 4]), np.maximum(x, 0.5), np.clip(x, 0.2, 0.8), np.argmax(x), np.mean(x), np.std(x), np.sum(np.ones((2, 3)), axis=1, keepdims=True), np.cumsum([1, 2, 3]), np.unique([3, 1, 3]), np.linalg.norm(x), np.allclose(x, x), np.expand_dims(x, 0).shape, numpy.round(2.567, 1), np.log(np.float32(2)), np.array([1., 2.], dtype=np.float32).dtype)\nout = np.zeros(5)\nnp.add(x, 1, out=out)\nprint(out, x.min(), np.isnan(np.nan), np.random.seed(3))",
    "numpy generators": "import random\nimport numpy as np\nrng = np.random.RandomState(3)\nprint(rng.randn(2, 2), rng.rand(2), rng.randint(0, 5, size=3), rng.normal(0, 1, 2), rng.permutation(4), rng.choice(5), rng.uniform(size=2))\ng = np.random.default_rng(7)\nprint(g.random(2), g.normal(0, 1, (2, 2)), g.integers(0, 9, 4), g.integers(3), g.standard_normal(2), g.permutation([1, 2, 3]), g.choice([1., 2.], size=2), g.uniform(1, 2), g.exponential(2., 2))\nprint(np.random.RandomState(0).multivariate_normal([0, 0], [[1, 0], [0, 1]], 2), g.dirichlet([1., 2.]), g.multinomial(10, [.2, .8]), g.integers(0, 5, size=(2, 2), endpoint=True))\nr = random.Random(5)\nl = [1, 2, 3, 4]\nr.shuffle(l)\nprint(r.random(), r.randint(1, 6), r.choice('abc'), l, r.sample(range(9), 3), r.gauss(0, 1))\nr.seed(1); rng.seed(1)\nprint(r.random(), rng.rand(), type(rng), type(g), type(r), isinstance(g, np.random.Generator))\na = np.arange(5); g.shuffle(a); rng.shuffle(a); print(a)\ntry: np.random.RandomState(-1)\nexcept ValueError as e: print(e)\ntry: g.rand(3)\nexcept AttributeError as e: print(e)\ntry: g.integers(5, 2)\nexcept ValueError as e: print(e)",
    "more of numpy": "import numpy as np\nx = np.array([3., 1., 2.])\nprint(np.append(x, 4), np.append(x, [5, 6]), np.argwhere(x > 1.5), np.average(x, weights=[1, 2, 3]), np.cbrt(x), np.count_nonzero(x > 1), np.degrees(np.pi), np.flatnonzero(x > 1))\na = np.arange(6).reshape(2, 3)\nprint(np.fliplr(a), np.flipud(a), np.interp(1.5, [1, 2], [10, 20]), np.isin(a, [1, 2]), np.nan_to_num(np.array([np.nan, 1])), np.percentile(x, 50), np.quantile(x, [0.25, 0.75]), np.radians(180))\nprint(np.roll(x, 1), np.roll(a, 1, axis=1), np.searchsorted([1, 2, 3], 2.5), np.swapaxes(a, 0, 1), np.take(x, [0, 2]))\nX, Y = np.meshgrid(np.linspace(0, 1, 2), np.linspace(0, 1, 3))\nprint(X, Y, np.meshgrid([1, 2], [3], indexing='ij')[0], np.logspace(-2, 0, 3), np.kron([1, 2], [1, 1]))",
    "numpy random": "import numpy as np\nnp.random.seed(0)\nprint(np.random.rand(2), np.random.randn(2, 2), np.random.normal(0, 0.1, (2,)), np.random.normal(size=3), np.random.uniform(-1, 1, 2), np.random.randint(0, 10, 4), np.random.randint(5), np.random.random(), np.random.permutation(4), np.random.choice(5, 3), np.random.choice([1, 2, 3]))\na = np.arange(5)\nnp.random.shuffle(a)\nb = [1, 2, 3]\nnp.random.shuffle(b)\nprint(a, b)",
}


def cpython(source: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "program", "exec"), {"__name__": "__main__"})  # noqa: S102
    return out.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_python_prints(name: str) -> None:
    assert printed(PROGRAMS[name]) == cpython(PROGRAMS[name])
