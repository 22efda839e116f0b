/* Learning curves: two panels, epochs to the right. */
#include "nn/curves.h"

#include <math.h>
#include <stdio.h>

/* Measures of the picture, in pixels. */
enum { WIDTH = 860, HEIGHT = 340, TOP = 48, BOTTOM = 290, PANEL = 350, LEFT = 56, GAP = 424 };

enum { TICKS = 5, TITLE = 72 /* characters */ };

static const char *const colours[GPH_SPLITS - 1] = {"#1b6ca8", "#d1681e", "#3c8d3f"};
static const char *const names[GPH_SPLITS - 1] = {"training", "validation", "test"};

/* One panel. */
typedef struct panel {
    double left; /* pixel of epoch 0 */
    double epochs;
    double most; /* value at the top */
    bool loss;
} panel_t;

static double value_of(const panel_t *panel, const gph_metrics_t *m, int split)
{
    return panel->loss ? m->loss[split] : m->accuracy[split];
}

static double x_of(const panel_t *panel, double epoch)
{
    return panel->left + PANEL * epoch / panel->epochs;
}

static double y_of(const panel_t *panel, double value)
{
    const double share = value / panel->most;
    return BOTTOM - (BOTTOM - TOP) * (share < 1 ? share : 1);
}

/* The least of 1, 2, 5 × 10^k that is at least x. */
static double round_up(double x)
{
    const double power = pow(10, floor(log10(x)));
    for (int i = 0; i < 3; i++) {
        static const double step[] = {1, 2, 5};
        if (x <= step[i] * power * (1 + 1e-9))
            return step[i] * power;
    }
    return 10 * power;
}

static gph_status_t draw_axes(const panel_t *panel, gph_array_t *text)
{
    gph_status_t status = GPH_OK;

    for (int t = 0; t <= TICKS; t++) {
        const double value = panel->most * t / TICKS;
        const double epoch = round(panel->epochs * t / TICKS);
        GPH_TRY(gph_text_put(text,
                             "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='#ddd'/>"
                             "<text x='%.1f' y='%.1f' text-anchor='end'>%.3g</text>\n",
                             panel->left, y_of(panel, value), panel->left + PANEL,
                             y_of(panel, value), panel->left - 6, y_of(panel, value) + 4, value));
        GPH_TRY(gph_text_put(text, "<text x='%.1f' y='%d' text-anchor='middle'>%.0f</text>\n",
                             x_of(panel, epoch), BOTTOM + 18, epoch));
    }
    GPH_TRY(gph_text_put(text,
                         "<text x='%.1f' y='%d' text-anchor='middle'>epoch</text>"
                         "<text x='%.1f' y='%d' font-weight='bold'>%s</text>\n",
                         panel->left + PANEL / 2.0, BOTTOM + 36, panel->left, TOP - 10,
                         panel->loss ? "loss" : "accuracy"));

cleanup:
    return status;
}

/* The line of one run, rows begin … end, and one split. */
static gph_status_t draw_line(const panel_t *panel, const gph_metrics_t *m, int64_t begin,
                              int64_t end, int split, bool only, gph_array_t *text)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_text_put(text,
                         "<polyline fill='none' stroke='%s' stroke-width='%s' "
                         "stroke-opacity='%s' points='",
                         colours[split], only ? "1.8" : "1", only ? "1" : "0.35"));
    for (int64_t i = begin; i < end; i++)
        GPH_TRY(gph_text_put(text, "%.1f,%.1f ", x_of(panel, m[i].epoch),
                             y_of(panel, value_of(panel, &m[i], split))));
    GPH_TRY(gph_text_put(text, "'/>\n"));

cleanup:
    return status;
}

static gph_status_t draw_panel(const panel_t *panel, const gph_array_t *metrics, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_metrics_t *m = metrics->data;
    const bool only = metrics->count > 0 && m[0].seed == m[metrics->count - 1].seed;

    GPH_TRY(draw_axes(panel, text));
    for (int64_t begin = 0, end = 0; begin < metrics->count; begin = end) {
        while (end < metrics->count && m[end].seed == m[begin].seed)
            end++;
        for (int split = 0; split < GPH_SPLITS - 1; split++)
            GPH_TRY(draw_line(panel, m, begin, end, split, only, text));
    }

cleanup:
    return status;
}

static gph_status_t draw_legend(gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    for (int s = 0; s < GPH_SPLITS - 1; s++)
        GPH_TRY(gph_text_put(text,
                             "<rect x='%d' y='14' width='14' height='4' fill='%s'/>"
                             "<text x='%d' y='20'>%s</text>\n",
                             WIDTH - 290 + 95 * s, colours[s], WIDTH - 272 + 95 * s, names[s]));

cleanup:
    return status;
}

/* Text that may stand in XML. */
static gph_status_t put_plain(gph_array_t *text, const char *plain)
{
    gph_status_t status = GPH_OK;
    for (int i = 0; i < TITLE && plain[i] != '\0' && status == GPH_OK; i++) {
        const char c = plain[i];
        status = c == '<'   ? gph_text_put(text, "&lt;")
                 : c == '&' ? gph_text_put(text, "&amp;")
                            : gph_array_push(text, &c);
    }
    return status;
}

gph_status_t gph_curves_draw(const gph_array_t *metrics, const char *title, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_metrics_t *m = metrics->data;
    panel_t loss = {LEFT, 1, 1e-3, true};
    panel_t accuracy = {LEFT + GAP, 1, 1, false};

    for (int64_t i = 0; i < metrics->count; i++) {
        loss.epochs = m[i].epoch > loss.epochs ? m[i].epoch : loss.epochs;
        for (int s = 0; s < GPH_SPLITS - 1; s++)
            loss.most =
                m[i].loss[s] > loss.most && isfinite(m[i].loss[s]) ? m[i].loss[s] : loss.most;
    }
    loss.most = round_up(loss.most);
    accuracy.epochs = loss.epochs;
    GPH_TRY(gph_text_put(text,
                         "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
                         "font-family='sans-serif' font-size='12'>\n"
                         "<rect width='100%%' height='100%%' fill='white'/>\n"
                         "<text x='%d' y='20'>",
                         WIDTH, HEIGHT, LEFT));
    GPH_TRY(put_plain(text, title));
    GPH_TRY(gph_text_put(text, "</text>\n"));
    GPH_TRY(draw_legend(text));
    GPH_TRY(draw_panel(&loss, metrics, text));
    GPH_TRY(draw_panel(&accuracy, metrics, text));
    GPH_TRY(gph_text_put(text, "</svg>\n"));

cleanup:
    return status;
}
