/* Defaults. */
#include "gph/nn.h"

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
