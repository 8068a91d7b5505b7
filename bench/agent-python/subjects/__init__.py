"""What is measured: each module does the same unit of work with another agent.

A subject has ``start(sink)``, ``work()`` (W), ``bare()`` (W0), ``drain()`` and ``stop()``.

* W: one business transaction, one exit call with four identifying properties and an operation, two pieces
  of user data, one outgoing correlation header, both ends.
* W0: one business transaction, begun and ended.
"""
