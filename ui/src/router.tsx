// Every page has an address; each page's code is loaded when it is first opened.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import {
  parseSearch,
  readApplicationsSearch,
  readBackendSearch,
  readBackendsSearch,
  readCompareSearch,
  readErrorsSearch,
  readLoginSearch,
  readSnapshotSearch,
  readSnapshotsSearch,
  readTiersSearch,
  readTransactionSearch,
  readTransactionsSearch,
  stringifySearch,
} from "./address";
import { readAccessSearch, readSettingsSearch } from "./administration/search";
import { readAlertsSearch, readHealthRuleSearch } from "./alerting/search";
import { ApiError } from "./api/client";
import { sessionQuery } from "./api/queries";
import { readConfigurationSearch } from "./configuration/search";
import { ErrorState, Skeleton } from "./design/States";
import { readMetricsSearch } from "./metrics/search";
import { AdministrationFrame } from "./shell/AdministrationFrame";
import { ApplicationFrame } from "./shell/ApplicationFrame";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";
import { readRangeSearch } from "./time-range/range";

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // A login that ended while the page was open.
      if (isSignedOut(error) && router.state.location.pathname !== "/login") {
        queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
        void router.navigate({ to: "/login", search: { next: router.state.location.href } });
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      // What the controller refuses it refuses again; only a failing one is asked twice.
      retry: (failures, error) =>
        failures < 1 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: readLoginSearch,
  component: lazyRouteComponent(() => import("./pages/LoginPage"), "LoginPage"),
});

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  validateSearch: readRangeSearch,
  search: { middlewares: [retainSearchParams(["range", "from", "to"])] },
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: "/login", search: { next: location.href } });
      throw error;
    }
  },
  component: Shell,
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/applications" });
  },
});

const applicationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/applications",
  validateSearch: readApplicationsSearch,
  component: lazyRouteComponent(() => import("./pages/ApplicationsPage"), "ApplicationsPage"),
});

const applicationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/applications/$app",
  component: ApplicationFrame,
});

const dashboardRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/ApplicationDashboardPage"), "ApplicationDashboardPage"),
});

const transactionsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/business-transactions",
  validateSearch: readTransactionsSearch,
  component: lazyRouteComponent(() => import("./pages/TransactionsPage"), "TransactionsPage"),
});

const transactionRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/business-transactions/$bt",
  validateSearch: readTransactionSearch,
  component: lazyRouteComponent(() => import("./pages/TransactionPage"), "TransactionPage"),
});

const snapshotsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/snapshots",
  validateSearch: readSnapshotsSearch,
  component: lazyRouteComponent(() => import("./pages/SnapshotsPage"), "SnapshotsPage"),
});

const snapshotRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/snapshots/$guid",
  validateSearch: readSnapshotSearch,
  component: lazyRouteComponent(() => import("./pages/SnapshotPage"), "SnapshotPage"),
});

const compareRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/snapshots/compare",
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import("./pages/ComparePage"), "ComparePage"),
});

const errorsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/errors",
  validateSearch: readErrorsSearch,
  component: lazyRouteComponent(() => import("./pages/ErrorsPage"), "ErrorsPage"),
});

const errorRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/errors/$tier/$error",
  component: lazyRouteComponent(() => import("./pages/ErrorPage"), "ErrorPage"),
});

const backendsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/backends",
  validateSearch: readBackendsSearch,
  component: lazyRouteComponent(() => import("./pages/BackendsPage"), "BackendsPage"),
});

const backendRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/backends/$backend",
  validateSearch: readBackendSearch,
  component: lazyRouteComponent(() => import("./pages/BackendPage"), "BackendPage"),
});

const tiersRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/tiers",
  validateSearch: readTiersSearch,
  component: lazyRouteComponent(() => import("./pages/TiersPage"), "TiersPage"),
});

const metricsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/metrics",
  validateSearch: readMetricsSearch,
  component: lazyRouteComponent(() => import("./pages/MetricsPage"), "MetricsPage"),
});

const alertsRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/alerts",
  validateSearch: readAlertsSearch,
  component: lazyRouteComponent(() => import("./pages/AlertsPage"), "AlertsPage"),
});

const healthRuleRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/alerts/health-rules/$rule",
  validateSearch: readHealthRuleSearch,
  component: lazyRouteComponent(() => import("./pages/HealthRulePage"), "HealthRulePage"),
});

const administrationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/administration",
  component: AdministrationFrame,
});

const administrationIndexRoute = createRoute({
  getParentRoute: () => administrationRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/administration/access" });
  },
});

const accessRoute = createRoute({
  getParentRoute: () => administrationRoute,
  path: "/access",
  validateSearch: readAccessSearch,
  component: lazyRouteComponent(() => import("./pages/AccessPage"), "AccessPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => administrationRoute,
  path: "/settings",
  validateSearch: readSettingsSearch,
  component: lazyRouteComponent(() => import("./pages/SettingsPage"), "SettingsPage"),
});

const configurationRoute = createRoute({
  getParentRoute: () => applicationRoute,
  path: "/configuration",
  validateSearch: readConfigurationSearch,
  component: lazyRouteComponent(() => import("./pages/ConfigurationPage"), "ConfigurationPage"),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  shellRoute.addChildren([
    indexRoute,
    applicationsRoute,
    applicationRoute.addChildren([
      dashboardRoute,
      transactionsRoute,
      transactionRoute,
      snapshotsRoute,
      snapshotRoute,
      compareRoute,
      errorsRoute,
      errorRoute,
      backendsRoute,
      backendRoute,
      tiersRoute,
      metricsRoute,
      alertsRoute,
      healthRuleRoute,
      configurationRoute,
    ]),
    administrationRoute.addChildren([administrationIndexRoute, accessRoute, settingsRoute]),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error as Error} onRetry={reset} />,
  defaultPendingComponent: () => <Skeleton height={240} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
