import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.util.ServerInfo;
import org.apache.tomcat.util.IntrospectionUtils;

class Receiver extends HttpServlet {
  static String text(String value) {
    return value.chars()
        .mapToObj(c -> c < ' ' || c == '"' || c == '\\' || c > '~' ? String.format("\\u%04x", c) : "" + (char) c)
        .collect(Collectors.joining("", "\"", "\""));
  }

  static String member(String name, String json) {
    return text(name) + ":" + json;
  }

  static String object(Stream<String> members) {
    return members.collect(Collectors.joining(",", "{", "}"));
  }

  static String idsOf(HttpServletRequest call, String name) {
    String[] values = call.getParameterValues(name);
    return values == null ? "[]" : Stream.of(values).map(Receiver::text).collect(Collectors.joining(",", "[", "]"));
  }

  @Override
  protected void doGet(HttpServletRequest call, HttpServletResponse response) throws IOException {
    Stream<String> ids = Stream.of("AccountID", "CaseID").map(name -> member(name, idsOf(call, name)));
    Stream<String> headers = Collections.list(call.getHeaderNames()).stream()
        .map(name -> member(name, text(call.getHeader(name))));
    String json = object(Stream.of(
        member("version", text(ServerInfo.getServerNumber())),
        member("target", text(call.getRequestURI() + "?" + call.getQueryString())),
        member("ids", object(ids)),
        member("headers", object(headers))));
    response.setContentType("application/json");
    response.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
  }

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File(args[0]).getAbsolutePath());
    tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    for (String property : Arrays.copyOfRange(args, 1, args.length)) {
      String[] pair = property.split("=");
      if (!IntrospectionUtils.setProperty(tomcat.getConnector(), pair[0], pair[1])) throw new IllegalArgumentException(property);
    }
    var context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "hook", new Receiver());
    context.addServletMappingDecoded("/*", "hook");
    tomcat.start();
    tomcat.getServer().await();
  }
}
