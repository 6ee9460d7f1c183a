/* nbody.c: floating point: planets under their gravity. run(n) does n steps and returns the
 * energy of the system in units of 1e-9, rounded. */
#include <stdint.h>

enum { N = 5 };
struct body {
  double x, y, z, vx, vy, vz, mass;
};
static struct body bodies[N];

/* A made-up system: one heavy body, others on wide, nearly round orbits. */
static void start(void) {
  static const double radius[N] = {0.0, 5.2, 9.6, 19.3, 30.2};
  for (int i = 0; i < N; i++) {
    struct body *b = &bodies[i];
    double r = radius[i];
    b->x = i & 1 ? r : 0.6 * r;
    b->y = i & 1 ? 0.0 : 0.8 * r;
    b->z = 0.02 * r;
    double v = i ? 6.28 / __builtin_sqrt(r) : 0.0;
    b->vx = i & 1 ? 0.0 : -0.8 * v;
    b->vy = i & 1 ? v : 0.6 * v;
    b->vz = 0.0;
    b->mass = i ? 39.5 / (500.0 * i * i) : 39.5;
  }
}

static void advance(double dt) {
  for (int i = 0; i < N; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < N; j++) {
      struct body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double d2 = dx * dx + dy * dy + dz * dz;
      double mag = dt / (d2 * __builtin_sqrt(d2));
      a->vx -= dx * b->mass * mag;
      a->vy -= dy * b->mass * mag;
      a->vz -= dz * b->mass * mag;
      b->vx += dx * a->mass * mag;
      b->vy += dy * a->mass * mag;
      b->vz += dz * a->mass * mag;
    }
  }
  for (int i = 0; i < N; i++) {
    struct body *a = &bodies[i];
    a->x += dt * a->vx;
    a->y += dt * a->vy;
    a->z += dt * a->vz;
  }
}

static double energy(void) {
  double e = 0;
  for (int i = 0; i < N; i++) {
    const struct body *a = &bodies[i];
    e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
    for (int j = i + 1; j < N; j++) {
      const struct body *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      e -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return e;
}

__attribute__((export_name("run"))) int64_t run(uint32_t n) {
  start();
  for (uint32_t i = 0; i < n; i++) advance(0.001);
  return (int64_t)(energy() * 1e9);
}
