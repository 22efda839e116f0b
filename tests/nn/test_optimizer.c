/* Optimisers against the textbook, number by number. */
#include "gph_test.h"
#include "nn/optimizer.h"
#include "nn_sample.h"

enum { ROWS = 6, COLUMNS = 7, COUNT = ROWS * COLUMNS, STEPS = 5 };

/* The formulas, in double. */
static void textbook(const gph_optimizer_options_t *o, int step, double rate, double g, double *w,
                     double *m, double *v)
{
    const double decay = o->weight_decay;
    if (o->kind == GPH_OPTIMIZER_SGD) {
        *m = o->momentum * *m + g + decay * *w;
        *w -= rate * *m;
        return;
    }
    if (o->kind == GPH_OPTIMIZER_ADAMW)
        *w -= rate * decay * *w;
    else
        g += decay * *w;
    *m = o->beta1 * *m + (1 - o->beta1) * g;
    *v = o->beta2 * *v + (1 - o->beta2) * g * g;
    *w -= rate * (*m / (1 - pow(o->beta1, step))) /
          (sqrt(*v / (1 - pow(o->beta2, step))) + o->epsilon);
}

static void check(const gph_optimizer_options_t *options)
{
    gph_context_t *context = gph_test_context();
    gph_params_t params = gph_params_init(context);
    gph_optimizer_t optimizer = {.step = 0};
    double w[COUNT];
    double m[COUNT] = {0};
    double v[COUNT] = {0};
    int index = 0;
    const bool ok =
        gph_params_add(&params, "w", ROWS, COLUMNS, GPH_INITIAL_GLOROT, true, &index) == GPH_OK &&
        gph_params_alloc(&params) == GPH_OK &&
        gph_optimizer_init(&params, options, &optimizer) == GPH_OK;
    if (!gph_test_all(ok))
        return;
    gph_params_reset(&params, 2);
    for (int i = 0; i < COUNT; i++)
        w[i] = (double)params.value[i];
    for (int step = 0; step < STEPS; step++) {
        double norm = 0;
        for (int i = 0; i < COUNT; i++) {
            params.gradient[i] = (float)sample_number(5, (uint64_t)(step * COUNT + i));
            norm += (double)params.gradient[i] * (double)params.gradient[i];
        }
        norm = sqrt(norm);
        const double scale = options->clip > 0 && norm > options->clip ? options->clip / norm : 1;
        const double rate = gph_optimizer_rate(options, step, STEPS);
        for (int i = 0; i < COUNT; i++)
            textbook(options, step + 1, rate, (double)params.gradient[i] * scale, &w[i], &m[i],
                     &v[i]);
        CU_ASSERT_TRUE(gph_optimizer_step(&params, &optimizer, STEPS));
    }
    for (int i = 0; i < COUNT; i++)
        GPH_EXPECT(fabs((double)params.value[i] - w[i]) < 2e-6, "kind %d: %.9g, not %.9g",
                   (int)options->kind, (double)params.value[i], w[i]);
    params.gradient[3] = NAN;
    CU_ASSERT_FALSE(gph_optimizer_step(&params, &optimizer, STEPS));
    gph_optimizer_free(&optimizer);
    gph_params_free(&params);
}

static void test_steps(void)
{
    gph_optimizer_options_t options = gph_optimizer_options_default();
    options.weight_decay = 0.1;
    for (int kind = 0; kind < 3; kind++) {
        options.kind = (gph_optimizer_kind_t)kind;
        options.clip = 0;
        check(&options);
        options.clip = 0.5;
        check(&options);
    }
    options.schedule = GPH_SCHEDULE_COSINE;
    options.warmup = 2;
    check(&options);
}

static void test_rates(void)
{
    gph_optimizer_options_t options = gph_optimizer_options_default();
    options.rate = 1;
    options.warmup = 4;
    options.schedule = GPH_SCHEDULE_COSINE;
    CU_ASSERT_DOUBLE_EQUAL(gph_optimizer_rate(&options, 0, 104), 0.25, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(gph_optimizer_rate(&options, 3, 104), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(gph_optimizer_rate(&options, 54, 104), 0.5, 1e-12);
    options.warmup = 0;
    options.schedule = GPH_SCHEDULE_STEP;
    options.step_every = 10;
    options.step_factor = 0.1;
    CU_ASSERT_DOUBLE_EQUAL(gph_optimizer_rate(&options, 25, 100), 0.01, 1e-12);
}

GPH_TEST_SUITE(optimizer, {"steps are those of the textbook", test_steps},
               {"schedules", test_rates});
