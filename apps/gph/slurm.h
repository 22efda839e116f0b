/** What SLURM tells a job of its limits. All calls are local. */
#ifndef GPH_APP_SLURM_H
#define GPH_APP_SLURM_H

#include <stdint.h>

/** Number of the job that this process runs in, NULL outside of SLURM. */
const char *app_slurm_job(void);

/** Seconds left to the job; 0 when there is none or it has no limit. Asks squeue where the
 * environment does not tell. */
double app_slurm_left(void);

/** Bytes that the job may use on this host, 0 when SLURM sets no limit. */
int64_t app_slurm_memory(void);

#endif
