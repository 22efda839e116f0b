/* Sums of rows of one instruction set; part of kernel_isa.c. */

enum { MOST = 8, AHEAD = 8 }; /* vectors summed at a time; entries fetched ahead */

/* Columns [first, first + vectors × LANES) of one row, of which `width` are stored. */
static inline __attribute__((always_inline)) void
gather_part(const gph_gather_t *g, int64_t i, int vectors, int64_t first, int64_t width)
{
    const int64_t end = g->offset[i + 1];
    const gph_real_t *b = g->b + first;
    gph_real_t *out = g->out + i * g->width + first;
    vector_t sum[MOST];
    for (int v = 0; v < vectors; v++)
        sum[v] = g->add ? load_part(out + v * LANES, width - v * LANES) : all(0);
    if (g->self != 0) {
        const vector_t f = all(g->right != NULL ? g->self * g->right[i] : g->self);
        for (int v = 0; v < vectors; v++)
            sum[v] = f * load(b + i * g->width + v * LANES);
    }
    for (int64_t e = g->offset[i]; e < end; e++) {
        const int64_t j = g->index[e];
        const gph_real_t *row = b + j * g->width;
        if (vectors >= 4) {
            const int64_t far = e + AHEAD < end ? e + AHEAD : end - 1;
            const gph_real_t *next = b + g->index[far] * g->width;
            for (int v = 0; v < vectors; v += 64 / VECTOR_BYTES)
                __builtin_prefetch(next + v * LANES);
        }
        if (g->factor != NULL || g->right != NULL) {
            const vector_t f = all(g->factor != NULL ? g->factor[e] : g->right[j]);
            for (int v = 0; v < vectors; v++)
                sum[v] = fuse(f, load(row + v * LANES), sum[v]);
        } else {
            for (int v = 0; v < vectors; v++)
                sum[v] += load(row + v * LANES);
        }
    }
    const vector_t left = all(g->left != NULL ? g->left[i] : 1);
    for (int v = 0; v < vectors; v++, width -= LANES)
        if (width >= LANES)
            store(out + v * LANES, sum[v] * left);
        else if (width > 0)
            store_part(out + v * LANES, sum[v] * left, width);
}

static void gather_row(const gph_gather_t *g, int64_t i)
{
    int64_t first = 0;
    for (; g->width - first >= MOST * LANES; first += MOST * LANES)
        gather_part(g, i, MOST, first, MOST * LANES);
    const int64_t left = g->width - first;
    if (left > 4 * LANES)
        gather_part(g, i, MOST, first, left);
    else if (left > 2 * LANES)
        gather_part(g, i, 4, first, left);
    else if (left > LANES)
        gather_part(g, i, 2, first, left);
    else if (left > 0)
        gather_part(g, i, 1, first, left);
}

static void gather(const gph_gather_t *g, const int32_t *list, int64_t begin, int64_t end)
{
    for (int64_t i = begin; i < end; i++)
        gather_row(g, list != NULL ? list[i] : i);
}
