/* Settings of gph train. */
#include "train_settings.h"

#include "train_expressions.h"

#include <string.h>

const app_setting_t app_train_task = {
    .key = "train.task",
    .type = APP_CHOICE,
    .value = "TASK",
    .fallback = "vertices",
    .choices = "vertices|graphs|expressions", /* in the order of app_task_t */
    .help = "what is learnt: classes of the vertices of one graph, classes of the graphs of a "
            "collection, or how expressions are transformed",
};

static const app_setting_t seeds = {
    .key = "seeds",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "1",
    .low = 1,
    .high = 1000000,
    .help = "runs, with the seeds --seed, --seed + 1, ...; results are means over them",
};

const app_setting_t app_data_path = {
    .key = "data.path",
    .type = APP_TEXT,
    .value = "DATA",
    .help = "of vertices: a folder of tables, or a generator: "
            "sbm:n=,classes=,features=,p_in=,p_out=,signal=; of graphs: a collection with classes, "
            "such as a TUDataset folder; of expressions: none",
};

static const app_setting_t data_folds = {
    .key = "data.folds",
    .type = APP_TEXT,
    .value = "FOLDER",
    .help = "of graphs: test_idx-1.txt, test_idx-2.txt ... with the graphs of each fold; none: one "
            "run on all graphs, without testing; by default DATA/10fold_idx where that is there, "
            "else --fold-count folds are drawn",
};

static const app_setting_t data_fold_count = {
    .key = "data.fold_count",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "10",
    .low = 2,
    .high = 1000000,
    .help = "of graphs: folds that are drawn by the seed, each with all classes",
};

static const app_setting_t model_readout = {
    .key = "model.readout",
    .type = APP_CHOICE,
    .value = "HOW",
    .fallback = "sum",
    .choices = "sum|mean|max", /* in the order of gph_readout_t */
    .help = "of graphs: how the rows of a graph become one",
};

static const app_setting_t train_batch = {
    .key = "train.batch",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "32",
    .low = 1,
    .high = INT32_MAX,
    .help = "of graphs and expressions: so many a step",
};

static const app_setting_t data_normalise = {
    .key = "data.normalise",
    .type = APP_FLAG,
    .fallback = "true",
    .help = "divide each row of the features of tables by its sum",
};

static const app_setting_t data_features = {
    .key = "data.features",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = 1 << 24,
    .help = "columns of the features of tables; 0: as many as there are",
};

static const app_setting_t data_classes = {
    .key = "data.classes",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = 65536,
    .help = "labels of tables are below that; 0: as many as there are",
};

static const app_setting_t data_tiles = {
    .key = "data.tiles",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = 16384,
    .help = "parts whose gradients are added exactly, and at most so many ranks have work; another "
            "number gives other bits; 0: by the number of vertices, or 8 of expressions",
};

static const app_setting_t model_kind = {
    .key = "model.kind",
    .type = APP_CHOICE,
    .value = "KIND",
    .fallback = "gcn",
    .choices = "gcn|sage|gin|linear", /* in the order of gph_model_kind_t */
    .help = "layers of the model; linear: without the graph",
};

static const app_setting_t model_layers = {
    .key = "model.layers",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "2",
    .low = 1,
    .high = 32,
    .help = "layers",
};

static const app_setting_t model_hidden = {
    .key = "model.hidden",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "16",
    .low = 1,
    .high = 65536,
    .help = "columns between layers",
};

static const app_setting_t model_dropout = {
    .key = "model.dropout",
    .type = APP_REAL,
    .value = "P",
    .fallback = "0.5",
    .help = "probability that an input of a layer is dropped in training",
};

static const app_setting_t model_norm = {
    .key = "model.norm",
    .type = APP_CHOICE,
    .value = "NORM",
    .fallback = "none",
    .choices = "none|layer", /* in the order of gph_norm_kind_t */
    .help = "normalisation behind each layer but the last",
};

static const app_setting_t model_bias = {
    .key = "model.bias",
    .type = APP_FLAG,
    .fallback = "true",
    .help = "layers have a bias",
};

static const app_setting_t train_optimizer = {
    .key = "train.optimizer",
    .type = APP_CHOICE,
    .value = "KIND",
    .fallback = "adam",
    .choices = "adam|adamw|sgd", /* in the order of gph_optimizer_kind_t */
    .help = "how weights follow the gradient",
};

static const app_setting_t train_rate = {
    .key = "train.rate",
    .type = APP_REAL,
    .value = "R",
    .fallback = "0.01",
    .help = "learning rate",
};

static const app_setting_t train_weight_decay = {
    .key = "train.weight_decay",
    .type = APP_REAL,
    .value = "D",
    .fallback = "5e-4",
    .help = "weight decay",
};

static const app_setting_t train_decay = {
    .key = "train.decay",
    .type = APP_CHOICE,
    .value = "LAYERS",
    .fallback = "first",
    .choices = "first|all",
    .help = "layers whose weights decay",
};

static const app_setting_t train_momentum = {
    .key = "train.momentum",
    .type = APP_REAL,
    .value = "M",
    .fallback = "0.9",
    .help = "momentum of sgd",
};

static const app_setting_t train_clip = {
    .key = "train.clip",
    .type = APP_REAL,
    .value = "NORM",
    .fallback = "0",
    .help = "the gradient is scaled down to this norm; 0: not",
};

static const app_setting_t train_schedule = {
    .key = "train.schedule",
    .type = APP_CHOICE,
    .value = "KIND",
    .fallback = "constant",
    .choices = "constant|cosine|step", /* in the order of gph_schedule_t */
    .help = "how the learning rate falls",
};

static const app_setting_t train_warmup = {
    .key = "train.warmup",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = INT32_MAX,
    .help = "first epochs, in which the learning rate grows from 0",
};

static const app_setting_t train_step_every = {
    .key = "train.step_every",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "50",
    .low = 1,
    .high = INT32_MAX,
    .help = "epochs between falls of the schedule step",
};

static const app_setting_t train_step_factor = {
    .key = "train.step_factor",
    .type = APP_REAL,
    .value = "F",
    .fallback = "0.5",
    .help = "factor of each fall of the schedule step",
};

static const app_setting_t train_epochs = {
    .key = "train.epochs",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "200",
    .low = 1,
    .high = INT32_MAX,
    .help = "most epochs of a run",
};

static const app_setting_t train_patience = {
    .key = "train.patience",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "0",
    .high = INT32_MAX,
    .help = "stop a run when the loss in validation has not fallen for N evaluations; 0: never",
};

static const app_setting_t train_evaluate_every = {
    .key = "train.evaluate_every",
    .type = APP_INTEGER,
    .value = "N",
    .fallback = "1",
    .low = 1,
    .high = INT32_MAX,
    .help = "epochs between evaluations",
};

static const app_setting_t train_select = {
    .key = "train.select",
    .type = APP_CHOICE,
    .value = "WHICH",
    .fallback = "last",
    .choices = "last|best", /* in the order of gph_select_t */
    .help = "weights that count: of the last epoch, or of the one best in validation",
};

const app_setting_t app_train_estimate = {
    .key = "train.estimate",
    .type = APP_FLAG,
    .fallback = "false",
    .help = "time a few epochs only, and predict time, work, memory and bytes of the whole",
};

const app_setting_t app_train_model = {
    .key = "train.model",
    .type = APP_TEXT,
    .value = "OUT.h5",
    .help = "write a model for gph predict: of vertices that of the run best in validation, of "
            "graphs that of the fold best in testing after its last epoch",
};

static const app_setting_t train_csv = {
    .key = "train.csv",
    .type = APP_TEXT,
    .value = "OUT.csv",
    .help = "write losses and accuracies of all evaluations",
};

static const app_setting_t train_metrics = {
    .key = "train.metrics",
    .type = APP_TEXT,
    .value = "OUT.h5",
    .help = "the same in HDF5",
};

static const app_setting_t train_curves = {
    .key = "train.curves",
    .type = APP_TEXT,
    .value = "OUT.svg",
    .help = "draw the learning curves",
};

const app_setting_t *const app_train_settings[] = {
    &app_train_task,
    &seeds,
    APP_EXPRESSION_SETTINGS,
    &app_data_path,
    &data_folds,
    &data_fold_count,
    &data_normalise,
    &data_features,
    &data_classes,
    &data_tiles,
    &model_kind,
    &model_layers,
    &model_hidden,
    &model_dropout,
    &model_norm,
    &model_bias,
    &model_readout,
    &train_batch,
    &train_optimizer,
    &train_rate,
    &train_weight_decay,
    &train_decay,
    &train_momentum,
    &train_clip,
    &train_schedule,
    &train_warmup,
    &train_step_every,
    &train_step_factor,
    &train_epochs,
    &train_patience,
    &train_evaluate_every,
    &train_select,
    &app_train_model,
    &app_train_estimate,
    &train_csv,
    &train_metrics,
    &train_curves,
    APP_LIMIT_SETTINGS,
    NULL,
};

static gph_optimizer_options_t optimizer_options(const app_settings_t *settings)
{
    gph_optimizer_options_t options = gph_optimizer_options_default();
    options.kind = (gph_optimizer_kind_t)app_settings_integer(settings, &train_optimizer);
    options.rate = app_settings_real(settings, &train_rate);
    options.weight_decay = app_settings_real(settings, &train_weight_decay);
    options.momentum = app_settings_real(settings, &train_momentum);
    options.clip = app_settings_real(settings, &train_clip);
    options.schedule = (gph_schedule_t)app_settings_integer(settings, &train_schedule);
    options.warmup = app_settings_integer(settings, &train_warmup);
    options.step_every = app_settings_integer(settings, &train_step_every);
    options.step_factor = app_settings_real(settings, &train_step_factor);
    return options;
}

static gph_model_options_t model_options(const app_settings_t *settings)
{
    gph_model_options_t options = gph_model_options_default();
    options.kind = (gph_model_kind_t)app_settings_integer(settings, &model_kind);
    options.layers = (int)app_settings_integer(settings, &model_layers);
    options.hidden = app_settings_integer(settings, &model_hidden);
    options.dropout = app_settings_real(settings, &model_dropout);
    options.norm = (gph_norm_kind_t)app_settings_integer(settings, &model_norm);
    options.bias = app_settings_integer(settings, &model_bias) != 0;
    options.decay_all = app_settings_integer(settings, &train_decay) != 0;
    return options;
}

gph_train_options_t app_train_options(const app_settings_t *settings)
{
    gph_train_options_t options = gph_train_options_default();
    options.data.path = app_settings_text(settings, &app_data_path);
    options.data.normalise = app_settings_integer(settings, &data_normalise) != 0;
    options.data.features = app_settings_integer(settings, &data_features);
    options.data.classes = app_settings_integer(settings, &data_classes);
    options.data.tiles = app_settings_integer(settings, &data_tiles);
    options.model = model_options(settings);
    options.optimizer = optimizer_options(settings);
    options.epochs = app_settings_integer(settings, &train_epochs);
    options.patience = app_settings_integer(settings, &train_patience);
    options.every = app_settings_integer(settings, &train_evaluate_every);
    options.select = (gph_select_t)app_settings_integer(settings, &train_select);
    options.seeds = app_settings_integer(settings, &seeds);
    options.model_path = app_settings_text(settings, &app_train_model);
    options.csv_path = app_settings_text(settings, &train_csv);
    options.hdf5_path = app_settings_text(settings, &train_metrics);
    options.svg_path = app_settings_text(settings, &train_curves);
    return options;
}

gph_graphs_options_t app_graphs_options(const app_settings_t *settings)
{
    gph_graphs_options_t options = gph_graphs_options_default();
    options.path = app_settings_text(settings, &app_data_path);
    options.folds = app_settings_text(settings, &data_folds);
    options.all = options.folds != NULL && strcmp(options.folds, "none") == 0;
    options.fold_count = app_settings_integer(settings, &data_fold_count);
    options.model = model_options(settings);
    options.readout = (gph_readout_t)app_settings_integer(settings, &model_readout);
    options.optimizer = optimizer_options(settings);
    options.epochs = app_settings_integer(settings, &train_epochs);
    options.batch = app_settings_integer(settings, &train_batch);
    options.model_path = app_settings_text(settings, &app_train_model);
    options.csv_path = app_settings_text(settings, &train_csv);
    options.hdf5_path = app_settings_text(settings, &train_metrics);
    options.svg_path = app_settings_text(settings, &train_curves);
    return options;
}

gph_expressions_options_t app_expressions_options(const app_settings_t *settings)
{
    gph_expressions_options_t options = gph_expressions_options_default();
    app_expression_settings(settings, &options);
    options.tiles = app_settings_integer(settings, &data_tiles);
    options.model = model_options(settings);
    options.optimizer = optimizer_options(settings);
    options.epochs = app_settings_integer(settings, &train_epochs);
    options.every = app_settings_integer(settings, &train_evaluate_every);
    options.batch = app_settings_integer(settings, &train_batch);
    options.seeds = app_settings_integer(settings, &seeds);
    options.csv_path = app_settings_text(settings, &train_csv);
    options.hdf5_path = app_settings_text(settings, &train_metrics);
    options.svg_path = app_settings_text(settings, &train_curves);
    return options;
}
