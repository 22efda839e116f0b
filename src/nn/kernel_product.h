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

/* What a block of a product is made of. */
typedef struct block {
    int64_t k;
    const gph_real_t *a; /* element (r, i) at a[r × row + i × step] */
    int64_t row;
    int64_t step;
    const gph_real_t *panel;
    int64_t width; /* columns of the panel in use */
    gph_real_t *c; /* element (r, j) at c[r × n + j] */
    int64_t n;
    bool add;
} block_t;

/* c[rows × width] of one panel; `wide`: the second vector is needed. Inlined for each count. */
static inline __attribute__((always_inline)) void block(const block_t *b, int64_t rows, bool wide)
{
    const block_t in = *b;
    vector_t x[ROWS];
    vector_t y[ROWS];
    for (int64_t r = 0; r < rows; r++) {
        x[r] = all(0);
        y[r] = all(0);
        if (in.add)
            get_row(in.c + r * in.n, in.width, &x[r], &y[r]);
    }
    for (int64_t i = 0; i < in.k; i++) {
        const vector_t b0 = load(in.panel + i * PANEL);
        const vector_t b1 = wide ? load(in.panel + i * PANEL + LANES) : b0;
        for (int64_t r = 0; r < rows; r++) {
            const vector_t f = all(in.a[r * in.row + i * in.step]);
            x[r] = fuse(f, b0, x[r]);
            if (wide)
                y[r] = fuse(f, b1, y[r]);
        }
    }
    for (int64_t r = 0; r < rows; r++)
        put_row(in.c + r * in.n, in.width, x[r], y[r]);
}

static void block_wide(const block_t *b, int64_t rows)
{
    switch (rows) {
    case 1:
        block(b, 1, true);
        break;
    case 2:
        block(b, 2, true);
        break;
    case 3:
        block(b, 3, true);
        break;
    case 4:
        block(b, 4, true);
        break;
    case 5:
        block(b, 5, true);
        break;
    default:
        block(b, ROWS, true);
        break;
    }
}

static void block_narrow(const block_t *b, int64_t rows)
{
    switch (rows) {
    case 1:
        block(b, 1, false);
        break;
    case 2:
        block(b, 2, false);
        break;
    case 3:
        block(b, 3, false);
        break;
    case 4:
        block(b, 4, false);
        break;
    case 5:
        block(b, 5, false);
        break;
    default:
        block(b, ROWS, false);
        break;
    }
}

static void product(int64_t m, int64_t n, int64_t k, const gph_real_t *a, int64_t row, int64_t step,
                    const gph_real_t *packed, gph_real_t *c, bool add)
{
    if (k == 0 && !add)
        memset(c, 0, (size_t)(m * n) * sizeof *c);
    for (int64_t deep = 0; deep < k; deep += DEPTH) {
        block_t b = {.k = k - deep < DEPTH ? k - deep : DEPTH,
                     .row = row,
                     .step = step,
                     .n = n,
                     .add = add || deep > 0};
        for (int64_t first = 0; first < n; first += PANEL) {
            b.panel = packed + first * k + deep * PANEL;
            b.width = n - first < PANEL ? n - first : PANEL;
            for (int64_t i = 0; i < m; i += ROWS) {
                b.a = a + i * row + deep * step;
                b.c = c + i * n + first;
                if (b.width > LANES)
                    block_wide(&b, m - i);
                else
                    block_narrow(&b, m - i);
            }
        }
    }
}
