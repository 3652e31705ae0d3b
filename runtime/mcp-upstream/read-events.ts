/**
 * Gives what reads an event stream (the WHATWG's `text/event-stream`) as it comes: it takes text in pieces and gives
 * the data of each event that ended. Names, ids and times of events mean nothing here.
 */
export function eventReader(): (text: string) => string[] {
  let rest = '';
  let data: string[] = [];
  return (text) => {
    rest += text;
    const events: string[] = [];
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push(data.join('\n'));
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line.charAt(5) === ' ' ? 6 : 5));
      }
    }
    return events;
  };
}
