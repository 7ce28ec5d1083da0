"""What a figure says to who cannot see it: one text from the figure's own parts, in both languages."""

from app.exports import Language, Moment, Options, TooLarge
from app.exports.figure import Node, of_moment, tensor_node

MOST_TOLD = 12
GRAPH: dict[Language, str] = {
    "en": "Computational graph after event {at} of {last} (tensors: {tensors}, operations: {functions}).",
    "zh-CN": "第 {at} 个事件之后的计算图（共 {last} 个事件；张量 {tensors} 个，算子 {functions} 个）。",
}
LARGE: dict[Language, str] = {
    "en": "Computational graph after event {at} of {last}, too large to be told whole.",
    "zh-CN": "第 {at} 个事件之后的计算图（共 {last} 个事件），图太大，只列出部分张量。",
}
SIGNS: dict[Language, tuple[str, str, str, str, str]] = {
    "en": (" ", ", ", "; ", ": ", "."),
    "zh-CN": ("", "，", "；", "：", "。"),
}


def alternative(moment: Moment, options: Options) -> str:
    """The graph's size, then its named tensors with their values and gradients; of many the first ones."""
    space, comma, semicolon, colon, stop = SIGNS[options.language]
    place = {"at": moment.at, "last": len(moment.lines) - 1}
    try:
        figure = of_moment(moment, options)
    except TooLarge:
        frame = moment.frame
        tensors = [tensor_node(row, None, frame, options) for row in frame.tensors.values() if row.names]
        whole = LARGE[options.language].format(**place)
    else:
        tensors = [node for node in figure.nodes if node.is_tensor]
        functions = sum(node.kind in {"function", "fold"} for node in figure.nodes)
        whole = GRAPH[options.language].format(tensors=len(tensors), functions=functions, **place)
        if (fault := next((node for node in figure.nodes if node.kind == "fault"), None)) is not None:
            whole += f"{space}{fault.title}{colon}{' '.join(fault.more)}"
    named = semicolon.join([told(node, comma) for node in tensors if node.title][:MOST_TOLD])
    return f"{whole}{space}{named}{stop}" if named else whole


def told(node: Node, comma: str) -> str:
    return f"{node.title} = {comma.join(fact for fact in (node.value, node.gradient) if fact)}"
