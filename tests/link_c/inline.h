/* inline.h: what both C++ files have a copy of, of which one must remain. */
template <class T> struct box {
  static int made;
  T value;
  __attribute__((noinline)) explicit box(T v) : value(v) { made++; }
};
template <class T> int box<T>::made = 0;

inline int &counter() {
  static int n;
  return n;
}

struct shape {
  virtual int area(int) const;
  virtual ~shape() {}
};
struct square : shape {
  int area(int side) const override { return side * side; }
};

shape *other_shape();
int other(int n);
