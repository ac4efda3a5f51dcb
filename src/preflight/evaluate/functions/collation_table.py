"""The order of characters in linguistic comparison, as data.

The root collation of the Unicode CLDR for ASCII, Latin (all extended letters decompose into these
and marks), IPA, Greek, Cyrillic, punctuation, symbols and currency signs; measured by sorting these
characters with the deployment engine (2026-11). Code points are hexadecimal, `a-b` is a run.
"""

from __future__ import annotations

from collections.abc import Iterator

PRIMARY = """
9-d 85 2028-2029 20 203e 5f 2017 2d 2010 2012-2015 2053 301c 3030 30a0 30fb 2c 3001 3b 204f 3a
21 a1 3f bf 203d 2e 3002 b7 2055-2056 2058-205e 27 2018-201b 2039-203a 22 201c-201f 301d-301f ab
bb 28-29 5b 5d 7b 7d 2045-2046 2308-230b 300a-3011 3014-301b 2016 a7 b6 204b 40 2a 204e 2051 2f
5c 26 204a 23 25 2030-2031 2020-2023 2027 2043 204c-204d 2032 2035 3003 303d 2038 203b 203f 2054
2040 2050 2041-2042 60 b4 2dc 5e af 2d8-2d9 a8 2da 2dd b8 2db 1fbd 1ffe 1fc0 2b9 375 2ba 2c2-2cf
2d2-2d7 2de-2df 2e5-2ed 2ef-2ff b0 482 a9 ae 2104 2108 2114 2117-2118 211e-211f 2123 2125 2127
2129 212e 213a 2141-2144 214a 214c 214f 218a-218b 2190 2192 2191 2193-2199 219c-21ad 21af-21cc
21d0-2203 2205-2208 220a-220b 220d 3f6 220e-2211 2b b1 f7 d7 3c-3e ac 7c a6 7e 2212 2052
2213-2215 2044 2216-2223 2225 2227-222b 222e 2231-2240 2242-2243 2245-2246 2248 224a-225f 2261
2263-226c 2272-2273 2276-2277 227a-227f 2282-2283 2286-2287 228a-22ab 22b0-22bc 214b 22bd-22df
22e4-22e9 22ee-2307 230c-2328 232b-2426 2440-244a 2500-262f 2638-266c 2670-2689 2690-26ff
268a-268f 2630-2637 266d-266f 3004 3012-3013 3020 3037 303e-303f 2d0-2d1 3005 303b 3031 3033
3035 30fc a4 a2 24 a3 a5 20a0-20a7 20a9-20c0 2180-2182 2186-2188 30-39 61 2c65 250-252 62 299 180
253 183 63 23c 188 255 2184 64 256-257 18c 221 1e9f 65 247 1dd 259 25b 258 25a 25c-25e 29a 264
66 192 214e 67 261-262 1e5 260 29b 263 1a3 68 29c 195 266-267 2bb 2bd 69 131 26a 268-269 6a 237
249 29d 25f 284 6b 199 29e 6c 2aa-2ab 29f 19a 26b-26d 234 26e 19b 28e 6d 271 6e 274 272 19e 273
235 14b 6f 276 254 275 277 223 70 1a5 278 71 2a0 24b 138 72 280 24d 279-27f 281 73 282 23f
1e9c-1e9d 283 1aa 285-286 74 167 2c66 1ab 1ad 288 236 287 75 289 265 2ae-2af 26f-270 28a 76 28b
1efd 28c 77 28d 78-79 28f 24f 1b4 1eff 21d 7a 1b6 225 290-291 240 292 1b9-1ba 293 fe 1bf 1bb 1a8
1bd 185 294 242 2c0 2bc 2ee 2be 295 2bf 2c1 2a1-2a2 296 1c0-1c3 297-298 2ac-2ad 3b1-3b5 3dd 377
3db 3b6 371 3b7-3b9 3f3 3ba-3c0 3fb 3df 3d9 3c1 3fc 3c3 37c 37b 37d 3c4-3c9 3e1 373 3f8 3e3 3e5
3e7 3e9 3eb 3ed 3ef 430 4d9 4d5 431-433 493 4fb 495 4f7 434 501 452 503 499 435 454 436 52b 497
437 505 511 455 4e1 507 438 48b 456 439 458 43a 49b 4c4 4a1 49f 49d 51f 51b 43b 4c6 52f 513 521
459 509 515 43c 4ce 43d 529 4ca 4a3 4c8 523 4a5 45a 50b 43e 4e9 43f 525 4a7 481 440 48f 517 441
50d 4ab 442 50f 4ad 45b 443 4af 4b1 479 444-445 4fd 4ff 4b3 4bb 527 461 47f 47d 47b 446 4b5 447
52d 4b7 4cc 4b9 4bd 4bf 45f 448-44c 48d 463 44d-44f 519 465 467 46b 469 46d 46f 471 473 475 4a9
51d 4cf
"""
"""Characters of different primary weight in ascending order: blanks, punctuation, symbols,
currency signs, digits, letters. Everything else gets its weights from these."""

OTHER_SYMBOLS_BEFORE = 0x2D0
"""Symbols that are not in `PRIMARY` stand before this character of it, by code point."""

MARKS = """
332 313+343+486 314+485 301+341 300+340 306 302 30c 30a 342 308 344 30b 303 307 338 327 328 304
30d-30e+312+315+31a+33d-33f+346+34a-34c+350-352+357+35b+35d-35e+484+487+20f0
316-319+31c-320+329-32c+32f+333+33a-33c+347-349+34d-34e+353-356+359-35a+35c+35f+362+20ec-20ef
336-337+20d8-20da+20e5+20ea-20eb 20dd-20e0+20e2-20e4 3099+ff9e 309a+ff9f 335 305 309 30f 310 311
31b 321 322 323 324 325 326 32d 32e 330 331 334 339 345 358 360 361 483 302a 302b 302c 302d 302e
302f 20d0 20d1 20d2-20d3 20d4 20d5 20d6 20d7 20db 20dc 20e1 20e6 20e7 20e8 20e9
"""
"""Combining marks in ascending order of secondary weight; `+` joins those of equal weight."""

IGNORED = """
0-8 e-1f 7f-84 86-9f ad 34f 488-489 200b-200f 202a-202e 2060-2064 2066-206f 180b-180e fe00-fe0f feff
"""
"""Characters that comparison does not see."""

VARIANT = "\ue000"
"""Stands in `SPELLINGS` for the secondary difference of a letter that is no plain decomposition."""

SPELLINGS: tuple[tuple[int, str], ...] = (
    (0xDF, f"s{VARIANT}s"),
    (0xE6, f"a{VARIANT}e"),
    (0xF0, f"d{VARIANT}"),
    (0xF8, "o\u0338"),
    (0x111, "d\u0335"),
    (0x127, "h\u0335"),
    (0x142, "l\u0335"),
    (0x153, f"o{VARIANT}e"),
    (0x17F, f"s{VARIANT}"),
    (0x491, f"\u0433{VARIANT}"),
)
"""Letters that sort as others with a secondary difference."""

LOOKALIKES: tuple[tuple[int, str], ...] = (
    (0x18D, "zw"),
    (0x1BE, "ts"),
    (0x238, "db"),
    (0x239, "qp"),
    (0x2A3, "dz"),
    (0x2A4, "d\u0292"),
    (0x2A5, "d\u0291"),
    (0x2A6, "ts"),
    (0x2A7, "t\u0283"),
    (0x2A8, "t\u0255"),
    (0x2A9, "f\u014b"),
    (0x3C2, "\u03c3"),
    (0x3D7, "\u03ba\u03b1\u03b9"),
    (0x1EFB, "ll"),
)
"""Letters that sort as others with a tertiary difference only."""


def code_points(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the characters of each entry of a table; a run yields its characters one by one."""
    for entry in text.split():
        if "+" in entry:
            yield tuple(c for part in entry.split("+") for c in _run(part))
        else:
            yield from ((c,) for c in _run(entry))


def _run(part: str) -> Iterator[str]:
    first, _, last = part.partition("-")
    yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))
