/* Learning curves: two panels, epochs to the right. */
#include "nn/curves.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Measures of the picture, in pixels. */
enum { WIDTH = 860, HEIGHT = 340, TOP = 48, BOTTOM = 290, PANEL = 350, LEFT = 56, GAP = 424 };

enum { TICKS = 5, TITLE = 72 /* characters */ };

/* What lines are of. */
static const struct split {
    const char *column; /* how the names of its columns begin */
    const char *name;
    const char *colour;
} splits[] = {
    {"train_", "training", "#1b6ca8"},
    {"valid_", "validation", "#d1681e"},
    {"test_", "test", "#3c8d3f"},
};

enum { SPLITS = sizeof splits / sizeof *splits };

/* One panel. */
typedef struct panel {
    const char *name; /* how the names of its columns end */
    double left;      /* pixel of epoch 0 */
    double epochs;
    double most; /* value at the top */
} panel_t;

/* Column of a panel and split; -1: none. */
static int column_of(const gph_training_t *training, const panel_t *panel, int split)
{
    const size_t length = strlen(splits[split].column);
    for (int c = 2; c < training->ops->columns; c++) {
        const char *name = training->ops->column[c];
        if (strncmp(name, splits[split].column, length) == 0 &&
            strcmp(name + length, panel->name) == 0)
            return c;
    }
    return -1;
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
                         panel->name));

cleanup:
    return status;
}

/* The line of one run, rows begin … end, and one column. */
static gph_status_t draw_line(const gph_training_t *training, const panel_t *panel, int64_t begin,
                              int64_t end, int column, const char *style, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const int columns = training->ops->columns;
    const double *row = training->metrics.data;

    GPH_TRY(gph_text_put(text, "<polyline fill='none' %s points='", style));
    for (int64_t i = begin; i < end; i++)
        GPH_TRY(gph_text_put(text, "%.1f,%.1f ", x_of(panel, row[i * columns + 1]),
                             y_of(panel, row[i * columns + column])));
    GPH_TRY(gph_text_put(text, "'/>\n"));

cleanup:
    return status;
}

static gph_status_t draw_panel(const gph_training_t *training, const panel_t *panel,
                               gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const int columns = training->ops->columns;
    const int64_t count = training->metrics.count;
    const double *row = training->metrics.data;
    const bool only = count > 0 && row[0] == row[(count - 1) * columns];
    char style[96];

    GPH_TRY(draw_axes(panel, text));
    for (int64_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && row[end * columns] == row[begin * columns])
            end++;
        for (int s = 0; s < SPLITS; s++) {
            const int column = column_of(training, panel, s);
            snprintf(style, sizeof style, "stroke='%s' stroke-width='%s' stroke-opacity='%s'",
                     splits[s].colour, only ? "1.8" : "1", only ? "1" : "0.35");
            if (column >= 0)
                GPH_TRY(draw_line(training, panel, begin, end, column, style, text));
        }
    }

cleanup:
    return status;
}

static gph_status_t draw_legend(const gph_training_t *training, const panel_t *panel,
                                gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    int at = WIDTH - 290;
    for (int s = 0; s < SPLITS; s++) {
        if (column_of(training, panel, s) < 0)
            continue;
        GPH_TRY(gph_text_put(text,
                             "<rect x='%d' y='14' width='14' height='4' fill='%s'/>"
                             "<text x='%d' y='20'>%s</text>\n",
                             at, splits[s].colour, at + 18, splits[s].name));
        at += 95;
    }

cleanup:
    return status;
}

/* Scales of a panel by its rows. */
static void fit(const gph_training_t *training, panel_t *panel)
{
    const int columns = training->ops->columns;
    for (int64_t i = 0; i < training->metrics.count; i++) {
        const double *row = (const double *)training->metrics.data + i * columns;
        panel->epochs = row[1] > panel->epochs ? row[1] : panel->epochs;
        for (int s = 0; s < SPLITS; s++) {
            const int column = column_of(training, panel, s);
            if (column >= 0 && row[column] > panel->most && isfinite(row[column]))
                panel->most = row[column];
        }
    }
    panel->most = round_up(panel->most);
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

gph_status_t gph_curves_draw(const gph_training_t *training, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    panel_t loss = {"loss", LEFT, 1, 1e-3};
    panel_t accuracy = {"accuracy", LEFT + GAP, 1, 1};

    fit(training, &loss);
    fit(training, &accuracy);
    GPH_TRY(gph_text_put(text,
                         "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
                         "font-family='sans-serif' font-size='12'>\n"
                         "<rect width='100%%' height='100%%' fill='white'/>\n"
                         "<text x='%d' y='20'>",
                         WIDTH, HEIGHT, LEFT));
    GPH_TRY(put_plain(text, training->plan.title));
    GPH_TRY(gph_text_put(text, "</text>\n"));
    GPH_TRY(draw_legend(training, &loss, text));
    GPH_TRY(draw_panel(training, &loss, text));
    GPH_TRY(draw_panel(training, &accuracy, text));
    GPH_TRY(gph_text_put(text, "</svg>\n"));

cleanup:
    return status;
}
