/** Whether `npm start` serves the page: with the agent panel and without sign-in. The bundler sets it. */
declare const LOCAL_RUN: boolean;
