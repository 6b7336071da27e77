"""Pictures that say which of a sequence they are, as `NumberedPicture` reads them: gray, limited range, 320 x 240."""

WIDTH, HEIGHT, TILE = 320, 240, 16
BITS = 16
# Tiles go round after so many.
PERIOD = 64


def tile(column, row):
    return 40 + (column * 37 + row * 59 + column * row % 11 * 13) % 160


ROWS = [
    bytes(tile(column % PERIOD, row) for column in range(PERIOD + WIDTH // TILE + 1) for _ in range(TILE))
    for row in range(HEIGHT // TILE)
]


def picture(number):
    """I420. The first row of tiles is the number, the others move left by three pixels a picture."""
    digits = [number >> bit & 1 for bit in range(BITS)]
    # Four more, so that a number of parts of two is none.
    digits += [sum(digits[bit::4]) & 1 for bit in range(4)]
    first = b"".join((b"\xeb" if digit else b"\x10") * TILE for digit in digits)
    shift = number * 3 % (PERIOD * TILE)
    others = b"".join(row[shift:shift + WIDTH] * TILE for row in ROWS[1:])
    return first * TILE + others + b"\x80" * (WIDTH * HEIGHT // 2)
