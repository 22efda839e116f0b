/* Defaults. */
#include "gph/nn_expressions.h"

gph_model_options_t gph_model_options_default(void)
{
    return (gph_model_options_t){.layers = 2, .hidden = 16, .dropout = 0.5, .bias = true};
}

gph_optimizer_options_t gph_optimizer_options_default(void)
{
    return (gph_optimizer_options_t){
        .rate = 0.01,
        .weight_decay = 5e-4,
        .momentum = 0.9,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .epsilon = 1e-8,
        .step_every = 50,
        .step_factor = 0.5,
    };
}

gph_data_options_t gph_data_options_default(void)
{
    return (gph_data_options_t){.normalise = true};
}

gph_train_options_t gph_train_options_default(void)
{
    return (gph_train_options_t){
        .data = gph_data_options_default(),
        .model = gph_model_options_default(),
        .optimizer = gph_optimizer_options_default(),
        .epochs = 200,
        .every = 1,
        .seeds = 1,
    };
}

gph_structural_options_t gph_structural_options_default(void)
{
    return (gph_structural_options_t){.alpha = 1,
                                      .beta = 1,
                                      .gamma = 1,
                                      .epsilon = 1e-3,
                                      .temperature = 0.2,
                                      .rounds = 3,
                                      .iterations = 10};
}

gph_expressions_options_t gph_expressions_options_default(void)
{
    gph_expressions_options_t options = {
        .least = 1,
        .most = 6,
        .symbols = 3,
        .integers = 4,
        .graphs = 2000,
        .held_out = 1000,
        .model = gph_model_options_default(),
        .loss = gph_structural_options_default(),
        .optimizer = gph_optimizer_options_default(),
        .epochs = 50,
        .every = 1,
        .batch = 32,
        .seeds = 1,
    };
    options.model.layers = 4;
    options.model.hidden = 64;
    options.model.dropout = 0;
    options.model.norm = GPH_NORM_LAYER;
    options.optimizer.rate = 0.002;
    options.optimizer.weight_decay = 0;
    options.optimizer.schedule = GPH_SCHEDULE_COSINE;
    return options;
}
