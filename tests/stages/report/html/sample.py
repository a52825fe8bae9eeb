"""A small document with one of everything, and a plot."""

PLOT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M 0 0 L 1 1"/></svg>'
SMALL = """---
license: other
---
# A `model` card

> [!WARNING]
> Synthetic records only.

## Results

| metric | value |
|---|---:|
| accuracy | 0.73 [0.64, 0.81] |

![Loss](plots/loss.svg) See [the results](#results), [the report](report.md) and [NIST](https://www.nist.gov/).[^1]

- [x] read
- [ ] signed

<details><summary>In full</summary>

```mermaid
a --> b
```

</details>

## Results

[^1]: A note.
"""
