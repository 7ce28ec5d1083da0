"""Logarithms and powers of other bases, and the rarer functions of angles."""

from __future__ import annotations

from engine.ops.elementwise import _real

LOG2 = _real("log2", "log2(self)", "g / (self * LN2)", symbol="log2", domain=(0.5, 2.0),
             en="The slope of the logarithm of base 2 is one over x times the logarithm of 2.", zh="以 2 为底的对数，斜率是 x 与 2 的自然对数之积的倒数。")  # fmt: skip
LOG10 = _real("log10", "log10(self)", "g / (self * LN10)", symbol="log10", domain=(0.5, 2.0),
              en="The slope of the logarithm of base 10 is one over x times the logarithm of 10.", zh="以 10 为底的对数，斜率是 x 与 10 的自然对数之积的倒数。")  # fmt: skip
EXP2 = _real("exp2", "exp2(self)", "g * result * LN2", twice={"self": "times(g * result, LN2)"}, symbol="exp2",
             en="A power of 2 grows by itself times the logarithm of 2.", zh="2 的幂按自身乘以 2 的自然对数增长。")  # fmt: skip
ASIN = _real("asin", "asin(self)", "g * rsqrt(1 - self * self)", twice={"self": "g * rsqrt(-self * self + 1)"}, symbol="asin", domain=(-0.8, 0.8),
             en="The slope of the arc sine grows without bound towards one.", zh="反正弦的斜率在接近一时无限增大。")  # fmt: skip
ACOS = _real("acos", "acos(self)", "g * -rsqrt(1 - self * self)", twice={"self": "g * -rsqrt(-self * self + 1)"}, symbol="acos", domain=(-0.8, 0.8),
             en="The slope of the arc cosine is that of the arc sine with its sign turned.", zh="反余弦的斜率是反正弦斜率的相反数。")  # fmt: skip
SINH = _real("sinh", "sinh(self)", "g * cosh(self)", symbol="sinh", en="The slope of the hyperbolic sine is the hyperbolic cosine.", zh="双曲正弦的斜率是双曲余弦。")  # fmt: skip
COSH = _real("cosh", "cosh(self)", "g * sinh(self)", symbol="cosh", en="The slope of the hyperbolic cosine is the hyperbolic sine.", zh="双曲余弦的斜率是双曲正弦。")  # fmt: skip
