/* Dense products of one instruction set; part of kernel_isa.c. */

static void pack(int64_t k, int64_t n, const gph_real_t *b, int64_t row, int64_t column,
                 gph_real_t *packed)
{
    for (int64_t first = 0; first < n; first += PANEL) {
        const int64_t width = n - first < PANEL ? n - first : PANEL;
        const gph_real_t *from = b + first * column;
        for (int64_t i = 0; i < k; i++, from += row, packed += PANEL) {
            if (width < PANEL)
                memset(packed, 0, PANEL * sizeof *packed);
            if (column == 1)
                memcpy(packed, from, (size_t)width * sizeof *packed);
            else
                for (int64_t j = 0; j < width; j++)
                    packed[j] = from[j * column];
        }
    }
}

/* Writes the sums of one row: up to two vectors. */
static inline void put_row(gph_real_t *c, int64_t width, vector_t x, vector_t y)
{
    if (width >= PANEL) {
        store(c, x);
        store(c + LANES, y);
    } else if (width > LANES) {
        store(c, x);
        store_part(c + LANES, y, width - LANES);
    } else if (width == LANES) {
        store(c, x);
    } else {
        store_part(c, x, width);
    }
}

/* The sums of one row so far. */
static inline void get_row(const gph_real_t *c, int64_t width, vector_t *x, vector_t *y)
{
    gph_real_t both[PANEL] = {0};
    if (width < PANEL) {
        memcpy(both, c, (size_t)width * sizeof *c);
        c = both;
    }
    *x = load(c);
    *y = load(c + LANES);
}

/* c[rows × width] of one panel; `wide`: the second vector is needed. Inlined for each count. */
static inline __attribute__((always_inline)) void block(int rows, bool wide, int64_t width,
                                                        int64_t k, const gph_real_t *a, int64_t row,
                                                        int64_t step, const gph_real_t *panel,
                                                        gph_real_t *c, int64_t n, bool add)
{
    vector_t x[ROWS];
    vector_t y[ROWS];
    for (int r = 0; r < rows; r++) {
        x[r] = all(0);
        y[r] = all(0);
        if (add)
            get_row(c + r * n, width, &x[r], &y[r]);
    }
    for (int64_t i = 0; i < k; i++) {
        const vector_t b0 = load(panel + i * PANEL);
        const vector_t b1 = wide ? load(panel + i * PANEL + LANES) : b0;
        for (int r = 0; r < rows; r++) {
            const vector_t f = all(a[r * row + i * step]);
            x[r] = fuse(f, b0, x[r]);
            if (wide)
                y[r] = fuse(f, b1, y[r]);
        }
    }
    for (int r = 0; r < rows; r++)
        put_row(c + r * n, width, x[r], y[r]);
}

#define BLOCK_OF(rows)                                                                             \
    case rows:                                                                                     \
        if (width > LANES)                                                                         \
            block(rows, true, width, k, a, row, step, panel, c, n, add);                           \
        else                                                                                       \
            block(rows, false, width, k, a, row, step, panel, c, n, add);                          \
        break;

static void block_any(int rows, int64_t width, int64_t k, const gph_real_t *a, int64_t row,
                      int64_t step, const gph_real_t *panel, gph_real_t *c, int64_t n, bool add)
{
    switch (rows) {
        BLOCK_OF(6)
        BLOCK_OF(5)
        BLOCK_OF(4)
        BLOCK_OF(3)
        BLOCK_OF(2)
        BLOCK_OF(1)
    default:
        break;
    }
}

static void product(int64_t m, int64_t n, int64_t k, const gph_real_t *a, int64_t row, int64_t step,
                    const gph_real_t *packed, gph_real_t *c, bool add)
{
    if (k == 0 && !add)
        memset(c, 0, (size_t)(m * n) * sizeof *c);
    for (int64_t deep = 0; deep < k; deep += DEPTH) {
        const int64_t depth = k - deep < DEPTH ? k - deep : DEPTH;
        for (int64_t first = 0; first < n; first += PANEL) {
            const gph_real_t *panel = packed + first * k + deep * PANEL;
            const int64_t width = n - first < PANEL ? n - first : PANEL;
            for (int64_t i = 0; i < m; i += ROWS)
                block_any((int)(m - i < ROWS ? m - i : ROWS), width, depth,
                          a + i * row + deep * step, row, step, panel, c + i * n + first, n,
                          add || deep > 0);
        }
    }
}
