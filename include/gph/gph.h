/** @file gph.h Everything: includes all public headers of grapheme-hpc. */
#ifndef GPH_GPH_H
#define GPH_GPH_H

#include "gph/base.h"
#include "gph/ckpt.h"
#include "gph/clique.h"
#include "gph/clique_forecast.h"
#include "gph/dist.h"
#include "gph/dist_forecast.h"
#include "gph/dist_forward.h"
#include "gph/dist_partition.h"
#include "gph/ged.h"
#include "gph/ged_large.h"
#include "gph/ged_pairs.h"
#include "gph/graph.h"
#include "gph/graph_expression.h"
#include "gph/graph_iterate.h"
#include "gph/io.h"
#include "gph/io_collection.h"
#include "gph/mp.h"
#include "gph/nn.h"
#include "gph/nn_expressions.h"
#include "gph/nn_graphs.h"
#include "gph/nn_predict.h"
#include "gph/par.h"

#endif
