// SPDX-License-Identifier: Apache-2.0
// Orthogonal matrices.
#include "train/initializers/fill.h"

namespace cermet {
namespace {
enum class Distribution { uniform, normal };

struct Attrs {
  double scale = 1.414;
  Distribution rand_type = Distribution::uniform;
};

// Makes the rows orthogonal and of length 1: Gram and Schmidt's procedure, twice, which is enough (Giraud et al.,
// 2005).
void orthonormalize(std::vector<double> &matrix, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row) {
    double *current = &matrix[static_cast<size_t>(row * columns)];
    for (int pass = 0; pass < 2; ++pass)
      for (int64_t other = 0; other < row; ++other) {
        const double *done = &matrix[static_cast<size_t>(other * columns)];
        double dot = 0;
        for (int64_t k = 0; k < columns; ++k) dot += current[k] * done[k];
        for (int64_t k = 0; k < columns; ++k) current[k] -= dot * done[k];
      }
    double square = 0;
    for (int64_t k = 0; k < columns; ++k) square += current[k] * current[k];
    for (int64_t k = 0; k < columns; ++k) current[k] /= std::sqrt(square);
  }
}

void fill(const Attrs &a, const NewParameter &p) {
  fan_of(p);
  int64_t rows = p.shape[0], columns = p.shape.product(1, p.shape.ndim());
  if (rows == 0 || columns == 0) return;
  // the shorter side can be orthogonal: a tall matrix is made lying down
  bool tall = rows > columns;
  int64_t vectors = tall ? columns : rows, length = tall ? rows : columns;
  std::vector<double> matrix(static_cast<size_t>(vectors * length));
  for (size_t k = 0; k < matrix.size(); ++k)
    matrix[k] = a.rand_type == Distribution::uniform ? 2 * p.random.uniform(k) - 1 : p.random.normal(k);
  orthonormalize(matrix, vectors, length);
  fill_with(p, [&](int64_t k) {
    int64_t at = tall ? k % columns * length + k / columns : k;
    return a.scale * matrix[static_cast<size_t>(at)];
  });
}
}  // namespace

CERMET_REGISTER(initializer_orthogonal)(Registry &registry) {
  auto def = registry.add<Attrs>(Kind::initializer, "orthogonal", "initializer");
  def.doc("A random matrix with orthogonal rows, or columns where it has more rows.",
          "Saxe, McClelland and Ganguli, 2014. All axes but the first count as columns.");
  def.attr("scale", &Attrs::scale, "Length of each row (or column).");
  def.choice("rand_type", &Attrs::rand_type, {"uniform", "normal"}, "Random numbers that it is made from.");
  make_initializer(def, fill);
}

}  // namespace cermet
