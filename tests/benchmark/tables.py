# SPDX-License-Identifier: Apache-2.0
"""Results as text."""
import re


def slug(machine):
    return re.sub(r"[^a-z0-9]+", "-", f'{machine["model"]} {machine["threads"]} threads'.lower()).strip("-")


def grid(lines):
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def seconds(value):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if value * factor >= 1:
            break
    return f"{value * factor:.4g} {unit}"


def spread(side):
    if "failed" in side:
        return "failed: " + side["failed"]
    if "median" not in side:
        return f'no clean sample ({side["disturbed"]} disturbed)'
    return f'{seconds(side["median"])} [{seconds(side["low"])}, {seconds(side["high"])}]'


def reached(row, result):
    """The highest bar that the row meets."""
    if not row.bars:
        return ""
    side = result["sides"]["engine"]
    if result.get("kind") == "beside":
        value = side.get("multiple")
    else:
        value = side.get("median", None) if row.unit == "us" else result.get("ratio", {}).get("median")
    if value is None:
        return ""
    value *= 1e6 if row.unit == "us" else 1
    met = [name for name, bar in zip(("good", "goal", "moonshot"), row.bars) if value <= bar]
    return met[-1] if met else f"below good ({row.bars[0]})"


def compared(results, kind, bars):
    lines = [("workload", "engine", "best peer", "its time", "ratio [pairs]", "to its best", "bar", "dropped")]
    for name, result in results["rows"].items():
        if result["kind"] != kind:
            continue
        ours, best = result["sides"]["engine"], result.get("best")
        ratio = result.get("ratio")
        others = [side for side in result["sides"] if side != "engine"]
        lines.append((
            name, spread(ours), best or "-", spread(result["sides"][best]) if best else
            (spread(result["sides"][others[0]]) if others else "-"),
            f'{ratio["median"]:.2f} [{ratio["low"]:.2f}, {ratio["high"]:.2f}]' if ratio else "-",
            f'{result["ratio_to_best_process"]:.2f}' if ratio else "-",
            reached(bars[name], result) if name in bars else "",
            str(sum(side["disturbed"] for side in result["sides"].values()))))
    return grid(lines) if len(lines) > 1 else ""


def beside(results, bars):
    lines = [("workload", "side", "time beside", "alone", "multiple", "bar")]
    for name, result in results["rows"].items():
        if result["kind"] != "beside":
            continue
        for side, found in result["sides"].items():
            known = "multiple" in found
            lines.append((name, side, spread(found), seconds(found["alone"]) if known else "-",
                          f'{found["multiple"]:.2f}' if known else "-",
                          reached(bars[name], result) if side == "engine" else ""))
    return grid(lines) if len(lines) > 1 else ""


def mebibytes(value):
    return f"{value / 2**20:.2f}" if value else "-"


def memory(results):
    lines = [("workload", "planned MiB", "counted MiB", "counted/planned", "resident MiB", "best peer resident MiB")]
    for name, result in results["rows"].items():
        figures = result.get("sides", {}).get("engine", {}).get("figures", {})
        if "planned" not in figures:
            continue
        peers = {side: found["figures"]["resident"] for side, found in result["sides"].items()
                 if side != "engine" and "resident" in found["figures"]}
        least = min(peers, key=peers.get) if peers else None
        lines.append((name, mebibytes(figures["planned"]), mebibytes(figures["engine_peak"]),
                      f'{figures["engine_peak"] / figures["planned"]:.3f}', mebibytes(figures["resident"]),
                      f"{mebibytes(peers[least])} ({least})" if least else "-"))
    return grid(lines) if len(lines) > 1 else ""


def figures(results):
    lines = []
    for name, result in results["rows"].items():
        if result["kind"] != "figures":
            continue
        if "failed" in result:
            lines.append((name, "failed: " + result["failed"]))
            continue
        shown = [f"{key} {value / 1e9:.1f} G/s" if key in ("flops", "bytes") else f"{key} {seconds(value)}"
                 for key, value in result["figures"].items() if key != "resident"]
        lines.append((name, ", ".join(shown) or f'disturbed ({result["disturbed"]} runs)'))
    return grid(lines) if lines else ""


def counted(results):
    lines = [("workload", "instructions", "allocations")]
    for name, result in results["rows"].items():
        if result["kind"] == "counted":
            lines.append((name, "failed: " + result["failed"], "-") if "failed" in result else
                         (name, f'{result["instructions"]:,.0f}', f'{result["allocations"]:.1f}'))
    return grid(lines) if len(lines) > 1 else ""


def text(results, timed):
    bars = {row.name: row for row in timed}
    machine = results["machine"]
    head = [f'{machine["model"]} ({machine["isa"]}), {machine["cores"]} cores, {machine["threads"]} threads, '
            f'{machine["memory_gib"]} GiB, kernel {machine["kernel"]}, {machine["compiler"]}, commit {machine["commit"]}'
            + (" (changed)" if machine["changed"] else ""),
            "peers: " + ", ".join(f"{name} {version}" for name, version in results["peers"].items())]
    parts = ["\n".join(head)]
    for title, body in (("Time a call: median [lowest, highest] of the processes' medians", compared(results, "timed", bars)),
                        ("Time of a fresh process up to its first prediction", compared(results, "first", bars)),
                        ("Time beside two busy processes, as a multiple of the side's own quiet time", beside(results, bars)),
                        ("Instructions and allocations of one call", counted(results)),
                        ("Peak memory of a process", memory(results)), ("Figures", figures(results))):
        if body:
            parts.append(f"{title}\n{body}")
    return "\n\n".join(parts)
