/* SPDX-License-Identifier: Apache-2.0 */
/* The whole public interface of Cermet. Start with base.h for the conventions, op.h for arrays and operators, model.h
 * for predicting with a saved model, train.h for training. */
#ifndef CERMET_H
#define CERMET_H

#include "base.h"
#include "data.h"
#include "def.h"
#include "error.h"
#include "executor.h"
#include "model.h"
#include "ndarray.h"
#include "op.h"
#include "profiler.h"
#include "quantize.h"
#include "runtime.h"
#include "symbol.h"
#include "train.h"

#endif
