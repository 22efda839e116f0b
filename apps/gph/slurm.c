/* Limits of a SLURM job, from its environment and from squeue. */
#include "slurm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *app_slurm_job(void)
{
    const char *job = getenv("SLURM_JOB_ID");
    return job && *job ? job : NULL;
}

/* Seconds that squeue says are left, as [D-][[HH:]MM:]SS; 0 when it says nothing of the kind. */
static double parse_left(const char *text)
{
    long part[4] = {0, 0, 0, 0}; /* days, hours, minutes, seconds */
    int parts = 0;
    const char *dash = strchr(text, '-');
    if (dash) {
        part[0] = strtol(text, NULL, 10);
        text = dash + 1;
    }
    long value[3] = {0, 0, 0};
    parts = sscanf(text, "%ld:%ld:%ld", &value[0], &value[1], &value[2]);
    if (parts < 1)
        return 0;
    for (int i = 0; i < parts; i++)
        part[3 - i] = value[parts - 1 - i];
    return (double)(((part[0] * 24 + part[1]) * 60 + part[2]) * 60 + part[3]);
}

double app_slurm_left(void)
{
    const char *end = getenv("SLURM_JOB_END_TIME");
    const char *job = app_slurm_job();
    char line[64] = "";
    char query[128] = "";
    if (end && *end) {
        const double left = strtod(end, NULL) - (double)time(NULL);
        return left > 0 ? left : 0.001;
    }
    if (!job || strspn(job, "0123456789_") != strlen(job) || strlen(job) > 40)
        return 0;
    snprintf(query, sizeof query, "squeue -h -j %s -o %%L 2>/dev/null", job);
    FILE *answer = popen(query, "r");
    if (answer && !fgets(line, sizeof line, answer))
        line[0] = '\0';
    if (answer)
        pclose(answer);
    return parse_left(line);
}

/* Value of a variable that holds a number, 0 when it holds none. */
static int64_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end = NULL;
    const long long value = text ? strtoll(text, &end, 10) : 0;
    return text && end != text && *end == '\0' && value > 0 ? value : 0;
}

int64_t app_slurm_memory(void)
{
    const int64_t mebibyte = INT64_C(1) << 20;
    const int64_t node = number_of("SLURM_MEM_PER_NODE");
    const int64_t cores = number_of("SLURM_CPUS_ON_NODE");
    int64_t bytes = 0;
    if (!app_slurm_job())
        return 0;
    if (node > 0)
        return node < INT64_MAX / mebibyte ? node * mebibyte : 0;
    if (__builtin_mul_overflow(number_of("SLURM_MEM_PER_CPU") * mebibyte, cores, &bytes))
        return 0;
    return bytes;
}
