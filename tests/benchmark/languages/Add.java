// SPDX-License-Identifier: Apache-2.0
import java.util.Locale;
import org.cermet.NDArray;

/** The sum of two arrays of two numbers, from Java: Add.java SECONDS. */
public final class Add {
  private static double now() {
    return EPOCH + System.nanoTime() * 1e-9;
  }

  private static final double EPOCH = System.currentTimeMillis() * 1e-3 - System.nanoTime() * 1e-9;

  private static void many(NDArray x, NDArray y, int calls) {
    for (int k = 0; k < calls; ++k) {
      x.plus(y).close();
    }
  }

  public static void main(String[] arguments) {
    double seconds = Double.parseDouble(arguments[0]);
    NDArray x = NDArray.of(new float[] {1, 2});
    NDArray y = NDArray.of(new float[] {3, 4});
    many(x, y, 200000); // until the virtual machine has compiled it
    double begin = now();
    do {
      double start = now();
      int calls = 0;
      do {
        many(x, y, 5000);
        calls += 5000;
      } while (now() - start < 0.1);
      System.out.println(String.format(Locale.ROOT, "sample %.6f %.6f %d", start, now(), calls));
    } while (now() - begin < seconds);
  }
}
