"""Requests of WSGI applications (PEP 3333) become business transactions: at the framework, and at the server for
applications without one. Whoever comes first begins the transaction; the one behind sees that in ``environ``."""

import sys

from appdynamics._native import fail_request
from appdynamics.agent.detection.observed import serve_wsgi
from appdynamics.agent.detection.replaced import replace, replace_if_there


def _in_front_of_application(original):
    def __call__(self, environ, start_response):
        return serve_wsgi(original, self, environ, start_response)

    return __call__


class Application:
    """An application behind a server that is hooked."""

    def __init__(self, application):
        self._appdynamics_application = application

    def __call__(self, environ, start_response):
        return serve_wsgi(self._appdynamics_application, None, environ, start_response)

    def __getattr__(self, name):
        return getattr(self._appdynamics_application, name)


def _wrapped(application):
    return application if application is None or isinstance(application, Application) else Application(application)


def flask(module):
    replace(module.Flask, "__call__", _in_front_of_application)

    def in_front_of_handle_exception(original):
        def handle_exception(self, e):
            fail_request(None, e)
            return original(self, e)

        return handle_exception

    replace(module.Flask, "handle_exception", in_front_of_handle_exception)


def django(module):
    replace(module.WSGIHandler, "__call__", _in_front_of_application)


def django_routes(module):
    def in_front(original):
        def resolve_request(self, request):
            match = original(self, request)
            # Where it is looked for when the request is kept.
            carrier = getattr(request, "environ", None) or getattr(request, "scope", None)
            if type(carrier) is dict:
                carrier["appdynamics.route"] = match
            return match

        return resolve_request

    replace_if_there(module.BaseHandler, "resolve_request", in_front)


def django_errors(module):
    def in_front(original):
        def handle_uncaught_exception(request, resolver, exc_info):
            fail_request(request, exc_info[1])
            return original(request, resolver, exc_info)

        return handle_uncaught_exception

    replace(module, "handle_uncaught_exception", in_front)


def pyramid(module):
    replace(module.Router, "__call__", _in_front_of_application)


def bottle(module):
    replace(module.Bottle, "__call__", _in_front_of_application)

    def in_front_of_handle(original):
        def _handle(self, environ):
            answer = original(self, environ)
            # What a handler raised is in the error page that bottle made of it.
            exception = getattr(answer, "exception", None)
            if isinstance(exception, Exception):
                fail_request(None, exception)
            return answer

        return _handle

    replace(module.Bottle, "_handle", in_front_of_handle)


def falcon(module):
    replace(module.App, "__call__", _in_front_of_application)

    def in_front_of_error_handler(original):
        def _python_error_handler(self, req, resp, error, params):
            fail_request(None, error)
            return original(self, req, resp, error, params)

        return _python_error_handler

    replace_if_there(module.App, "_python_error_handler", in_front_of_error_handler)


def cherrypy(module):
    replace(module.Application, "__call__", _in_front_of_application)


def cherrypy_errors(module):
    def in_front(original):
        def handle_error(self):
            exception = sys.exc_info()[1]
            if exception is not None:
                fail_request(None, exception)
            return original(self)

        return handle_error

    replace(module.Request, "handle_error", in_front)


def wsgiref(module):
    def in_front(original):
        def run(self, application):
            return original(self, _wrapped(application))

        return run

    replace(module.BaseHandler, "run", in_front)


def _behind_init(attribute):
    """Wraps the application that a server keeps in an attribute when it is made."""

    def in_front(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            application = getattr(self, attribute, None)
            if application is not None:
                setattr(self, attribute, _wrapped(application))

        return __init__

    return in_front


def werkzeug(module):
    replace(module.BaseWSGIServer, "__init__", _behind_init("app"))


def waitress(module):
    replace(module.BaseWSGIServer, "__init__", _behind_init("application"))


def gevent(module):
    replace(module.WSGIServer, "__init__", _behind_init("application"))


def gunicorn(module):
    def in_front(original):
        def load_wsgi(self):
            original(self)
            # gunicorn's workers for ASGI keep theirs here as well; those are hooked elsewhere.
            if type(self).__module__.startswith("gunicorn.workers.") and not type(self).__module__.endswith("gasgi"):
                self.wsgi = _wrapped(self.wsgi)

        return load_wsgi

    replace(module.Worker, "load_wsgi", in_front)
