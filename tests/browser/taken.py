"""What a test takes away from the page, and how pictures are read and compared."""

import base64
import zlib

from playwright.sync_api import Page

HOSTILE = """import torch
权重 = torch.tensor([1.0, -2.0], requires_grad=True)
print('</script><img src=x onerror=alert(1)>\\x1b[31m &amp; ]]>')
损失 = (权重 * 3).sum()
损失.backward()
"""
FAILING = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = torch.exp(x)
y.backward()
y.backward()
"""
TWICE = """import torch
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(g,) = torch.autograd.grad(y, x, create_graph=True)
g.backward()
"""
EXPORT = """async ([format, options]) => {
  const bytes = new Uint8Array(await (await gradlight.export(format, options)).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


def export(page: Page, format: str, **options: object) -> bytes:
    return base64.b64decode(page.evaluate(EXPORT, [format, options]))


def png_chunks(picture: bytes) -> list[tuple[str, bytes]]:
    """The chunks of a PNG, their check sums held against the specification's."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(picture):
        length = int.from_bytes(picture[at : at + 4], "big")
        body = picture[at + 4 : at + 8 + length]
        assert int.from_bytes(picture[at + 8 + length : at + 12 + length], "big") == zlib.crc32(body)
        found.append((body[:4].decode(), body[4:]))
        at += 12 + length
    return found


def size(picture: bytes) -> tuple[int, int]:
    header = dict(png_chunks(picture))["IHDR"]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")


def differing(page: Page, one: str, other: str, above: int, ground: str = "transparent") -> float:
    """The share of channels in which two pictures, as data addresses, differ by more than `above` of 255 on a ground; 1 where their sizes do, but for a rounded pixel."""
    share: float = page.evaluate(
        """async ([one, other, above, ground]) => {
          const [first, second] = await Promise.all([one, other].map(async (data) => {
            const image = new Image();
            image.src = `data:${data}`;
            await image.decode();
            return image;
          }));
          const { width, height } = first;
          if (Math.abs(width - second.width) > 1 || Math.abs(height - second.height) > 1) return 1;
          const [these, those] = [first, second].map((image) => {
            const context = new OffscreenCanvas(width, height).getContext('2d');
            context.fillStyle = ground;
            context.fillRect(0, 0, width, height);
            context.drawImage(image, 0, 0, width, height);
            return context.getImageData(0, 0, width, height).data;
          });
          return these.filter((value, at) => Math.abs(value - those[at]) > above).length / these.length;
        }""",
        [one, other, above, ground],
    )
    return share
