/**
 * What the loops of training cost, for gph_team_grain(): estimated nanoseconds of one core for one
 * element of each kind. Machines differ by a factor of a few, which the rule has room for.
 */
#ifndef GPH_NN_WORK_H
#define GPH_NN_WORK_H

#define GPH_WORK_FUSE   0.04   /**< a multiply-add of a dense product */
#define GPH_WORK_GATHER 0.15   /**< a number of a row added to another row */
#define GPH_WORK_MOVE   0.25   /**< a number read, changed a little and written */
#define GPH_WORK_DROP   0.5    /**< a number dropped or kept by a mask */
#define GPH_WORK_BIN    1.5    /**< a number added to a binned sum */
#define GPH_WORK_STEP   0.6    /**< a weight stepped by an optimiser */
#define GPH_WORK_NORM   1.5    /**< a number of a row that is normed */
#define GPH_WORK_CHAIN  1.0    /**< a multiply-add that waits for the one before */
#define GPH_WORK_DRAW   4000.0 /**< a pair of expressions drawn */
#define GPH_WORK_EXP    10.0   /**< an exponential or a logarithm */

#endif
