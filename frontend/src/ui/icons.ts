// The one icon set (lucide, 2 px stroke) by name, so that county data may name an icon.
import type { LucideIcon } from '@lucide/svelte';
import Accessibility from '@lucide/svelte/icons/accessibility';
import Activity from '@lucide/svelte/icons/activity';
import Ambulance from '@lucide/svelte/icons/ambulance';
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Baby from '@lucide/svelte/icons/baby';
import Ban from '@lucide/svelte/icons/ban';
import Bed from '@lucide/svelte/icons/bed';
import Bell from '@lucide/svelte/icons/bell';
import BellOff from '@lucide/svelte/icons/bell-off';
import BellRing from '@lucide/svelte/icons/bell-ring';
import Bone from '@lucide/svelte/icons/bone';
import Brain from '@lucide/svelte/icons/brain';
import Check from '@lucide/svelte/icons/check';
import CheckCheck from '@lucide/svelte/icons/check-check';
import ChevronDown from '@lucide/svelte/icons/chevron-down';
import ChevronLeft from '@lucide/svelte/icons/chevron-left';
import ChevronRight from '@lucide/svelte/icons/chevron-right';
import ChevronsRight from '@lucide/svelte/icons/chevrons-right';
import Circle from '@lucide/svelte/icons/circle';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import CircleX from '@lucide/svelte/icons/circle-x';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import Clock from '@lucide/svelte/icons/clock';
import Cross from '@lucide/svelte/icons/cross';
import Eye from '@lucide/svelte/icons/eye';
import Flag from '@lucide/svelte/icons/flag';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import History from '@lucide/svelte/icons/history';
import Hospital from '@lucide/svelte/icons/hospital';
import Hourglass from '@lucide/svelte/icons/hourglass';
import House from '@lucide/svelte/icons/house';
import Info from '@lucide/svelte/icons/info';
import Key from '@lucide/svelte/icons/key';
import Languages from '@lucide/svelte/icons/languages';
import Layers from '@lucide/svelte/icons/layers';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Loader from '@lucide/svelte/icons/loader';
import LocateOff from '@lucide/svelte/icons/locate-off';
import Lock from '@lucide/svelte/icons/lock';
import LogOut from '@lucide/svelte/icons/log-out';
import Map from '@lucide/svelte/icons/map';
import MapPin from '@lucide/svelte/icons/map-pin';
import Menu from '@lucide/svelte/icons/menu';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Minus from '@lucide/svelte/icons/minus';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Navigation from '@lucide/svelte/icons/navigation';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import PersonStanding from '@lucide/svelte/icons/person-standing';
import Phone from '@lucide/svelte/icons/phone';
import PhoneCall from '@lucide/svelte/icons/phone-call';
import Pin from '@lucide/svelte/icons/pin';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import Radio from '@lucide/svelte/icons/radio';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Ruler from '@lucide/svelte/icons/ruler';
import Scan from '@lucide/svelte/icons/scan';
import Search from '@lucide/svelte/icons/search';
import Send from '@lucide/svelte/icons/send';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Signal from '@lucide/svelte/icons/signal';
import SignalLow from '@lucide/svelte/icons/signal-low';
import SignalMedium from '@lucide/svelte/icons/signal-medium';
import SignalZero from '@lucide/svelte/icons/signal-zero';
import Siren from '@lucide/svelte/icons/siren';
import SkipBack from '@lucide/svelte/icons/skip-back';
import SkipForward from '@lucide/svelte/icons/skip-forward';
import Square from '@lucide/svelte/icons/square';
import SquareCheck from '@lucide/svelte/icons/square-check';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import Sun from '@lucide/svelte/icons/sun';
import Tablet from '@lucide/svelte/icons/tablet';
import Thermometer from '@lucide/svelte/icons/thermometer';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Truck from '@lucide/svelte/icons/truck';
import Tv from '@lucide/svelte/icons/tv';
import Undo2 from '@lucide/svelte/icons/undo-2';
import Unplug from '@lucide/svelte/icons/unplug';
import User from '@lucide/svelte/icons/user';
import Users from '@lucide/svelte/icons/users';
import Volume2 from '@lucide/svelte/icons/volume-2';
import VolumeX from '@lucide/svelte/icons/volume-x';
import WifiOff from '@lucide/svelte/icons/wifi-off';
import Wind from '@lucide/svelte/icons/wind';
import Wrench from '@lucide/svelte/icons/wrench';
import X from '@lucide/svelte/icons/x';
import Zap from '@lucide/svelte/icons/zap';

export const ICONS = {
  accessibility: Accessibility,
  activity: Activity,
  ambulance: Ambulance,
  'arrow-down': ArrowDown,
  'arrow-left': ArrowLeft,
  'arrow-right': ArrowRight,
  'arrow-up': ArrowUp,
  baby: Baby,
  ban: Ban,
  bed: Bed,
  bell: Bell,
  'bell-off': BellOff,
  'bell-ring': BellRing,
  bone: Bone,
  brain: Brain,
  check: Check,
  'check-check': CheckCheck,
  'chevron-down': ChevronDown,
  'chevron-left': ChevronLeft,
  'chevron-right': ChevronRight,
  'chevrons-right': ChevronsRight,
  circle: Circle,
  'circle-check': CircleCheck,
  'circle-dot': CircleDot,
  'circle-x': CircleX,
  'clipboard-list': ClipboardList,
  clock: Clock,
  cross: Cross,
  eye: Eye,
  flag: Flag,
  'heart-pulse': HeartPulse,
  history: History,
  hospital: Hospital,
  hourglass: Hourglass,
  house: House,
  info: Info,
  key: Key,
  languages: Languages,
  layers: Layers,
  'list-checks': ListChecks,
  loader: Loader,
  'locate-off': LocateOff,
  lock: Lock,
  'log-out': LogOut,
  map: Map,
  'map-pin': MapPin,
  menu: Menu,
  'message-square': MessageSquare,
  minus: Minus,
  monitor: Monitor,
  moon: Moon,
  navigation: Navigation,
  'octagon-alert': OctagonAlert,
  pause: Pause,
  pencil: Pencil,
  'person-standing': PersonStanding,
  phone: Phone,
  'phone-call': PhoneCall,
  pin: Pin,
  play: Play,
  plus: Plus,
  radio: Radio,
  'refresh-cw': RefreshCw,
  ruler: Ruler,
  scan: Scan,
  search: Search,
  send: Send,
  'shield-alert': ShieldAlert,
  signal: Signal,
  'signal-low': SignalLow,
  'signal-medium': SignalMedium,
  'signal-zero': SignalZero,
  siren: Siren,
  'skip-back': SkipBack,
  'skip-forward': SkipForward,
  square: Square,
  'square-check': SquareCheck,
  stethoscope: Stethoscope,
  sun: Sun,
  tablet: Tablet,
  thermometer: Thermometer,
  'triangle-alert': TriangleAlert,
  truck: Truck,
  tv: Tv,
  'undo-2': Undo2,
  unplug: Unplug,
  user: User,
  users: Users,
  'volume-2': Volume2,
  'volume-x': VolumeX,
  'wifi-off': WifiOff,
  wind: Wind,
  wrench: Wrench,
  x: X,
  zap: Zap,
} satisfies Record<string, LucideIcon>;

export type IconName = keyof typeof ICONS;

/** The named icon, or a plain circle for a name this set does not have. */
export function iconOf(name: string): LucideIcon {
  return Object.hasOwn(ICONS, name) ? ICONS[name as IconName] : Circle;
}
