/* Sums of rows of one instruction set; part of kernel_isa.c. */

enum { MOST = 8, AHEAD = 8 }; /* vectors summed at a time; entries fetched ahead */

static const int64_t lanes = LANES;

/* Where the factor of an entry comes from. */
typedef enum gather_form { FORM_ONE, FORM_ENTRY, FORM_ROW } gather_form_t;

/* sum[vectors] += factor × b[index] over the entries of row i. Inlined for each form. */
static inline __attribute__((always_inline)) void gather_entries(const gph_gather_t *g,
                                                                 gather_form_t form, int64_t i,
                                                                 int vectors, int64_t first,
                                                                 vector_t *sum)
{
    const int64_t end = g->offset[i + 1];
    const int64_t width = g->width;
    const int32_t *index = g->index;
    const gph_real_t *b = g->b + first;
    const gph_real_t *factor = form == FORM_ENTRY ? g->factor : g->right;
    for (int64_t e = g->offset[i]; e < end; e++) {
        const int64_t j = index[e];
        const gph_real_t *row = b + j * width;
        if (vectors >= 4) {
            const gph_real_t *next = b + index[e + AHEAD < end ? e + AHEAD : end - 1] * width;
            for (int64_t v = 0; v < vectors; v += 64 / VECTOR_BYTES)
                __builtin_prefetch(next + v * lanes);
        }
        if (form == FORM_ONE) {
            for (int64_t v = 0; v < vectors; v++)
                sum[v] += load(row + v * lanes);
        } else {
            const vector_t f = all(factor[form == FORM_ENTRY ? e : j]);
            for (int64_t v = 0; v < vectors; v++)
                sum[v] = fuse(f, load(row + v * lanes), sum[v]);
        }
    }
}

/* Columns [first, first + vectors × LANES) of one row, of which `width` are stored. */
static inline __attribute__((always_inline)) void gather_part(const gph_gather_t *g,
                                                              gather_form_t form, int64_t i,
                                                              int vectors, int64_t first,
                                                              int64_t width)
{
    const gph_real_t *own = g->b + first + i * g->width;
    gph_real_t *out = g->out + i * g->width + first;
    vector_t sum[MOST];
    for (int64_t v = 0; v < vectors; v++)
        sum[v] = g->add ? load_part(out + v * lanes, width - v * lanes) : all(0);
    if (g->self != 0) {
        const vector_t f = all(g->right != NULL ? g->self * g->right[i] : g->self);
        for (int64_t v = 0; v < vectors; v++)
            sum[v] = f * load(own + v * lanes);
    }
    gather_entries(g, form, i, vectors, first, sum);
    const vector_t left = all(g->left != NULL ? g->left[i] : 1);
    for (int64_t v = 0; v < vectors; v++, width -= lanes)
        if (width >= lanes)
            store(out + v * lanes, sum[v] * left);
        else if (width > 0)
            store_part(out + v * lanes, sum[v] * left, width);
}

static inline __attribute__((always_inline)) void gather_row(const gph_gather_t *g,
                                                             gather_form_t form, int64_t i)
{
    int64_t first = 0;
    for (; g->width - first >= MOST * lanes; first += MOST * lanes)
        gather_part(g, form, i, MOST, first, MOST * lanes);
    const int64_t left = g->width - first;
    if (left > 4 * lanes)
        gather_part(g, form, i, MOST, first, left);
    else if (left > 2 * lanes)
        gather_part(g, form, i, 4, first, left);
    else if (left > lanes)
        gather_part(g, form, i, 2, first, left);
    else if (left > 0)
        gather_part(g, form, i, 1, first, left);
}

static void gather(const gph_gather_t *g, const int32_t *list, int64_t begin, int64_t end)
{
    for (int64_t k = begin; k < end; k++) {
        const int64_t i = list != NULL ? list[k] : k;
        if (g->factor != NULL)
            gather_row(g, FORM_ENTRY, i);
        else if (g->right != NULL)
            gather_row(g, FORM_ROW, i);
        else
            gather_row(g, FORM_ONE, i);
    }
}
