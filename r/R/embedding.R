# SPDX-License-Identifier: Apache-2.0
# Factors of cm_mlp() as embeddings. The network's input has a column of codes for such a factor, after the columns of
# the model matrix: 0 for its first level, and one more code than levels, for those that the training did not have.

# What `embedding` asks for, checked against the formula: list(levels, size), or NULL.
read_embedding <- function(embedding, terms, frame) {
  if (is.null(embedding)) return(NULL)
  if (is.character(embedding)) embedding <- stats::setNames(rep(NA_real_, length(embedding)), embedding)
  if (!is.numeric(embedding) || is.null(names(embedding))) {
    stop_argument("cm_mlp", "embedding", "got ", describe_value(embedding), "; want names of factors, or sizes by name")
  }
  for (name in names(embedding)) check_embedded(name, terms, frame)
  levels <- lapply(stats::setNames(nm = names(embedding)), function(name) levels(factor(frame[[name]])))
  size <- ifelse(is.na(embedding), pmin(50, ceiling(lengths(levels) / 2)), embedding)
  for (one in size) check_count(one, "cm_mlp", "embedding")
  list(levels = levels, size = size)
}

check_embedded <- function(name, terms, frame) {
  factors <- attr(terms, "factors")
  predictors <- rownames(factors)[rowSums(factors) > 0]
  if (!name %in% predictors) {
    stop_cermet("not_found", "cm_mlp", "embedding", "got ", name, "; the predictors are ",
                paste(predictors, collapse = ", "))
  }
  if (!is.factor(frame[[name]]) && !is.character(frame[[name]])) {
    stop_argument("cm_mlp", "embedding", name, " is ", class(frame[[name]])[1], "; want a factor or strings")
  }
  used <- colnames(factors)[factors[name, ] > 0]
  if (!identical(used, name)) {
    stop_argument("cm_mlp", "embedding", name, " stands in ", paste(used, collapse = ", "), "; want it alone")
  }
}

# The terms that the model matrix is made of; NULL if none are left.
matrix_terms <- function(terms, embedding) {
  embedded <- which(attr(terms, "term.labels") %in% names(embedding$levels))
  if (length(embedded) == 0) return(stats::delete.response(terms))
  if (length(embedded) == length(attr(terms, "term.labels"))) return(NULL)
  stats::drop.terms(terms, embedded, keep.response = FALSE)
}

# A column of codes for each embedded factor. A level that is not known gets the last code.
code_columns <- function(embedding, frame) {
  codes <- lapply(names(embedding$levels), function(name) {
    values <- as.character(frame[[name]])
    code <- match(values, embedding$levels[[name]], nomatch = length(embedding$levels[[name]]) + 1) - 1
    replace(code, is.na(values), NA)
  })
  matrix(unlist(codes), nrow(frame), length(codes), dimnames = list(NULL, names(embedding$levels)))
}

# The layer that replaces the codes, which come after `plain` other columns, by rows of weights.
embedding_layer <- function(plain, embedding) {
  function(x, name) {
    parts <- if (plain > 0) list(cm_slice_axis(x, axis = 2, begin = 0, end = plain)) else list()
    for (i in seq_along(embedding$levels)) {
      codes <- cm_reshape(cm_slice_axis(x, axis = 2, begin = plain + i - 1, end = plain + i), shape = -1)
      parts[[length(parts) + 1]] <- cm_embedding(
        codes, input_dim = length(embedding$levels[[i]]) + 1, output_dim = embedding$size[[i]],
        name = embedding_name(names(embedding$levels)[i])
      )
    }
    if (length(parts) == 1) parts[[1]] else cm_concat(parts, dim = 2, name = name)
  }
}

embedding_name <- function(factor) paste0("embedding_", make.names(factor))

# Levels that the training did not have are taken for the average of those that it had.
fill_unknown <- function(handle, embedding) {
  for (name in names(embedding$levels)) {
    parameter <- paste0(embedding_name(name), "_weight")
    weight <- as.array(.Call(C_model_parameter, handle, parameter))
    last <- nrow(weight)
    weight[last, ] <- colMeans(weight[-last, , drop = FALSE])
    .Call(C_model_set_parameter, handle, parameter, cm_array(weight))
  }
}
